/// Reads the lines between the chunks of a body (RFC 9112 §7.1), and keeps account of how much of the stream they are.
struct ChunkLedger: Sendable {
    /// Bytes of chunk lines beyond what is reasonable for the data they announced.
    private var excess = 0
    private var trailerBytes = 0

    /// A stream of one-byte chunks with long extensions would cost more to read than it carries. So each chunk may
    /// have a line of ``freeLine`` bytes and twice its own size; what goes beyond adds up to this at most.
    private static let largestExcess = 16_384
    private static let freeLine = 16

    /// Reads the line before a chunk: its size in hexadecimal, and extensions, which are checked and ignored.
    mutating func begin(line: ArraySlice<UInt8>) throws(RequestFault) -> Int {
        let digits = line.prefix { $0.hexDigitValue != nil }
        guard !digits.isEmpty, Self.areExtensions(line[digits.endIndex...]) else { throw .malformedChunk }
        var size = 0
        for digit in digits {
            guard size <= Int.max >> 4 else { throw .malformedChunk }
            size = size << 4 | Int(digit.hexDigitValue ?? 0)
        }
        excess = max(0, excess + line.count - Self.freeLine - min(size, Self.largestExcess) * 2)
        guard excess <= Self.largestExcess else { throw .malformedChunk }
        return size
    }

    /// Checks a line of the trailer, and forgets it. A field that says where a message ends or goes has no business
    /// there (RFC 9110 §6.5.1), and is refused in case somebody else heeds it.
    mutating func takeTrailer(_ line: ArraySlice<UInt8>, limit: Int) throws(RequestFault) {
        trailerBytes += line.count + 2
        guard trailerBytes <= limit else { throw .malformedTrailer }
        guard !line.isEmpty else { return }
        let field = line.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { try? FieldLine.parse($0, 0..<buffer.count) }
        }
        switch field?.name {
        case .contentLength, .transferEncoding, .host: throw .malformedTrailer
        default: if field == nil { throw .malformedTrailer }
        }
    }

    /// `*( ";" name [ "=" ( token / quoted-string ) ] )`, without the white space that no sender may write.
    private static func areExtensions(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let first = rest.first {
            guard first == UInt8(ascii: ";") else { return false }
            rest = rest.dropFirst()
            guard skipToken(&rest) else { return false }
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            guard rest.first == UInt8(ascii: "\"") ? skipQuoted(&rest) : skipToken(&rest) else { return false }
        }
        return true
    }

    private static func skipToken(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        let rest = bytes.drop { CharacterSet.token.contains($0) }
        defer { bytes = rest }
        return rest.startIndex > bytes.startIndex
    }

    /// A quoted string in printable ASCII (RFC 9110 §5.6.4).
    private static func skipQuoted(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex + 1
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                bytes = bytes[(index + 1)...]
                return true
            case UInt8(ascii: "\\"):
                guard index + 1 < bytes.endIndex, CharacterSet.printable.contains(bytes[index + 1]) else { return false }
                index += 2
            default:
                guard CharacterSet.printable.contains(bytes[index]) else { return false }
                index += 1
            }
        }
        return false
    }
}
