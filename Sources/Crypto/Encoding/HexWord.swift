/// Eight hexadecimal digits as the eight bytes of one word, the first digit in the highest, so that all are worked on at once.
///
/// A page of history writes hundreds of ids, and digit by digit that shows.
struct HexWord {
    /// The characters' bytes.
    var bytes: UInt64

    init(bytes: UInt64) { self.bytes = bytes }

    /// The digits of a number, in lower case.
    init(_ number: UInt32) {
        var nibbles = UInt64(number)  // spread, until each has a byte of its own
        nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (nibbles + 0x06 * Self.each) >> 4 & Self.each  // 1 where the nibble is above 9
        bytes = nibbles + UInt64(UInt8(ascii: "0")) * Self.each + letters * UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
    }

    /// The number that the digits make, in either case; `nil` if a byte is no digit.
    var number: UInt32? {
        guard bytes & Self.highBits == 0 else { return nil }  // ASCII: so no byte's sum below carries into the next
        let decimal = Self.flags(bytes, from: UInt8(ascii: "0"), through: UInt8(ascii: "9"))
        let letters = Self.flags(bytes | 0x20 * Self.each, from: UInt8(ascii: "a"), through: UInt8(ascii: "f"))
        guard decimal | letters == Self.highBits else { return nil }
        var nibbles = (bytes & (0x0F * Self.each)) + (letters >> 7) * 9  // an `a` ends in 1
        nibbles = (nibbles | nibbles >> 4) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: nibbles | nibbles >> 16)
    }

    /// The high bit of each byte that lies in the range. All must be ASCII.
    private static func flags(_ bytes: UInt64, from first: UInt8, through last: UInt8) -> UInt64 {
        let isFromFirst = bytes + UInt64(0x80 - first) * each
        let isAfterLast = bytes + UInt64(0x7F - last) * each
        return isFromFirst & ~isAfterLast & highBits
    }

    private static let each: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080
}
