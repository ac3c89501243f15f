/// Checks a text that arrives in pieces, and says no at the first byte that cannot be right. Source: Unicode 15, table 3-7.
struct UTF8Validator: Sendable {
    /// Continuation bytes that the character still needs.
    private var needed: UInt8 = 0
    /// What the next one of them may be. Narrower than 0x80...0xBF only behind E0, ED, F0 and F4, which keeps overlong
    /// forms, surrogates and what lies above U+10FFFF out.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether the text may end here: no character is cut.
    var isComplete: Bool { needed == 0 }

    /// Takes the next piece.
    ///
    /// - Returns: whether it can still become UTF-8.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while true {
            if needed == 0 { index = Self.endOfASCII(bytes, from: index) }
            guard index < bytes.count else { return true }
            guard take(bytes[index]) else { return false }
            index &+= 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if needed > 0 {
            guard byte >= lowest, byte <= highest else { return false }
            needed -= 1
            (lowest, highest) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, lowest) = (2, 0xA0)
        case 0xED: (needed, highest) = (2, 0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, lowest) = (3, 0x90)
        case 0xF1...0xF3: needed = 3
        case 0xF4: (needed, highest) = (3, 0x8F)
        default: return false
        }
        return true
    }

    /// The first position from `start` on that is not ASCII, eight bytes at a time.
    private static func endOfASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index &+ 8 <= bytes.count {
            let high = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian & 0x8080_8080_8080_8080
            if high != 0 { return index &+ high.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index &+= 1 }
        return index
    }
}
