extension UniqueID: LosslessStringConvertible {
    /// Characters of the text, the four dashes included.
    public static let textCount = 36

    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, digits in either case. Nothing else is an id: no braces, no `urn:uuid:`, no spaces.
    public init?(_ text: String) {
        var text = text
        guard let id = text.withUTF8({ UniqueID(utf8: $0) }) else { return nil }
        self = id
    }

    /// The same from bytes that are lent for the call.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.textCount else { return nil }
        let dash = UInt8(ascii: "-")
        guard text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash else { return nil }
        let bytes = UnsafeRawBufferPointer(text)
        guard let first = HexWord(bytes: bytes.word(at: 0, 4)).number, let second = HexWord(bytes: bytes.word(at: 9, 14)).number,
            let third = HexWord(bytes: bytes.word(at: 19, 24)).number, let fourth = HexWord(bytes: bytes.word(at: 28, 32)).number
        else { return nil }
        self.init(high: UInt64(first) << 32 | UInt64(second), low: UInt64(third) << 32 | UInt64(fourth))
    }

    /// The 36 characters, in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textCount) { text in
            write(to: text)
            return Self.textCount
        }
    }

    /// Writes the 36 characters of ``description``.
    public func write(to text: UnsafeMutableBufferPointer<UInt8>) {
        precondition(text.count >= Self.textCount, "an id has \(Self.textCount) characters")
        let bytes = UnsafeMutableRawBufferPointer(text)
        bytes.store(HexWord(UInt32(high >> 32)).bytes, at: 0, 4)
        bytes.store(HexWord(UInt32(truncatingIfNeeded: high)).bytes, at: 9, 14)
        bytes.store(HexWord(UInt32(low >> 32)).bytes, at: 19, 24)
        bytes.store(HexWord(UInt32(truncatingIfNeeded: low)).bytes, at: 28, 32)
        let dash = UInt8(ascii: "-")
        (text[8], text[13], text[18], text[23]) = (dash, dash, dash, dash)
    }
}

// Eight characters as a word, the first in its highest byte. A dash may part them into two fours, so each four has its own place.

extension UnsafeRawBufferPointer {
    fileprivate func word(at first: Int, _ second: Int) -> UInt64 {
        let high = UInt32(bigEndian: loadUnaligned(fromByteOffset: first, as: UInt32.self))
        let low = UInt32(bigEndian: loadUnaligned(fromByteOffset: second, as: UInt32.self))
        return UInt64(high) << 32 | UInt64(low)
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func store(_ word: UInt64, at first: Int, _ second: Int) {
        storeBytes(of: UInt32(word >> 32).bigEndian, toByteOffset: first, as: UInt32.self)
        storeBytes(of: UInt32(truncatingIfNeeded: word).bigEndian, toByteOffset: second, as: UInt32.self)
    }
}
