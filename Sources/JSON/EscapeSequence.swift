/// One escape sequence of a string, or the two that make a surrogate pair. Source: RFC 8259 §7.
struct EscapeSequence {
    /// How many bytes of the document it takes.
    let length: Int
    private let scalar: UInt32

    /// Reads the sequence whose backslash stands at `start`.
    ///
    /// - Returns: `nil` if JSON has no such sequence, or if it is half of a surrogate pair without the other.
    init?(at start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) {
        guard limit - start >= 2 else { return nil }
        switch start[1] {
        case .quote, .backslash, UInt8(ascii: "/"): self.init(length: 2, scalar: UInt32(start[1]))
        case UInt8(ascii: "b"): self.init(length: 2, scalar: 0x08)
        case UInt8(ascii: "t"): self.init(length: 2, scalar: 0x09)
        case UInt8(ascii: "n"): self.init(length: 2, scalar: 0x0A)
        case UInt8(ascii: "f"): self.init(length: 2, scalar: 0x0C)
        case UInt8(ascii: "r"): self.init(length: 2, scalar: 0x0D)
        case UInt8(ascii: "u"):
            guard let unit = Self.codeUnit(at: start, limit: limit) else { return nil }
            switch unit {
            case 0xD800...0xDBFF:
                guard let low = Self.codeUnit(at: start + 6, limit: limit), 0xDC00...0xDFFF ~= low else { return nil }
                self.init(length: 12, scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            case 0xDC00...0xDFFF: return nil
            default: self.init(length: 6, scalar: unit)
            }
        default: return nil
        }
    }

    private init(length: Int, scalar: UInt32) {
        self.length = length
        self.scalar = scalar
    }

    /// The UTF-16 code unit that `\uXXXX` at `start` stands for.
    private static func codeUnit(at start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UInt32? {
        guard limit - start >= 6, start[0] == .backslash, start[1] == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for index in 2..<6 {
            guard let digit = hexDigit(start[index]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Writes the scalar as UTF-8 (RFC 3629 §3) and returns how many bytes that took.
    func write(to output: UnsafeMutablePointer<UInt8>) -> Int {
        func continuation(_ bits: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | bits & 0x3F) }
        switch scalar {
        case ..<0x80:
            output[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        case ..<0x800:
            output[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
            output[1] = continuation(scalar)
            return 2
        case ..<0x10000:
            output[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
            output[1] = continuation(scalar >> 6)
            output[2] = continuation(scalar)
            return 3
        default:
            output[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
            output[1] = continuation(scalar >> 12)
            output[2] = continuation(scalar >> 6)
            output[3] = continuation(scalar)
            return 4
        }
    }
}
