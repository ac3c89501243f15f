/// Base64, strict both ways: what decodes is the one text that encodes to the same bytes. Source: RFC 4648 §3.5, §4, §5.
public struct Base64: Sendable {
    /// `+`, `/` and padding, as the WebSocket handshake has it.
    public static let standard = Base64(lastTwo: "+/", isPadded: true)
    /// `-`, `_` and no padding, as tokens have it.
    public static let url = Base64(lastTwo: "-_", isPadded: false)
    /// `+`, `/` and no padding, as password hashes have it.
    static let standardUnpadded = Base64(lastTwo: "+/", isPadded: false)

    private let alphabet: [UInt8]
    /// The six bits of each character of the alphabet; 0xFF for every other byte.
    private let values: [UInt8]
    private let isPadded: Bool

    private static let padding = UInt8(ascii: "=")

    private init(lastTwo: String, isPadded: Bool) {
        let alphabet = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + lastTwo).utf8)
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        self.alphabet = alphabet
        self.values = values
        self.isPadded = isPadded
    }

    public func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encodedBytes(bytes), as: UTF8.self)
    }

    /// The same, as ASCII bytes.
    func encodedBytes(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var (bits, bitCount): (UInt32, UInt32) = (0, 0)  // read, but not yet written
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet[Int(bits >> bitCount & 0x3F)])
            }
        }
        if bitCount > 0 { text.append(alphabet[Int(bits << (6 - bitCount) & 0x3F)]) }
        while isPadded && !text.count.isMultiple(of: 4) { text.append(Self.padding) }
        return text
    }

    /// The bytes of a text, or `nil` if it is not exactly what ``encode(_:)`` would have given: other characters, white space, padding
    /// where none belongs or none where it does, a length that no bytes have, bits set beyond the last byte.
    public func decode(_ text: String) -> [UInt8]? {
        decode(Array(text.utf8)[...])
    }

    func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var characters = text
        if isPadded {
            guard text.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where characters.last == Self.padding { characters.removeLast() }
        }
        guard characters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3 + 2)
        var (bits, bitCount): (UInt32, UInt32) = (0, 0)
        for character in characters {
            let value = values[Int(character)]
            guard value <= 0x3F else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        let bitsBeyondTheLastByte = bits & (1 << bitCount - 1)
        return bitsBeyondTheLastByte == 0 ? bytes : nil
    }
}
