/// Eight bytes of text looked at in one go (SIMD within a register), so that most text is scanned without a branch per byte.
///
/// Bytes sit in memory order: the first byte of the text is the lowest of the word.
struct Word {
    /// How many bytes one word holds.
    static let size = 8

    let bits: UInt64

    /// The eight bytes at `start`, all of which must be readable.
    @inline(__always)
    init(at start: UnsafePointer<UInt8>) {
        bits = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    }

    /// The `count` bytes at `start`, fewer than eight, followed by zeros. Reads nothing beyond them.
    @inline(__always)
    init(at start: UnsafePointer<UInt8>, count: Int) {
        let raw = UnsafeRawPointer(start)
        if count >= 4 {
            // Two halves that overlap in the middle, where they agree.
            let low = UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
            let high = UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
            bits = low | high << UInt64(8 * (count - 4))
        } else if count > 0 {
            let first = UInt64(start[0])
            let middle = UInt64(start[count / 2]) << UInt64(8 * (count / 2))
            let last = UInt64(start[count - 1]) << UInt64(8 * (count - 1))
            bits = first | middle | last
        } else {
            bits = 0
        }
    }

    /// Writes all eight bytes to `target`.
    @inline(__always)
    func store(to target: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(target).storeBytes(of: bits.littleEndian, as: UInt64.self)
    }

    /// Marks the bytes that a JSON string cannot hold as they are: quotes, backslashes and the control characters below U+0020 (RFC 8259 §7).
    /// Zero if all eight may stand as they are.
    ///
    /// A subtraction may borrow and so mark bytes after a true hit, never before it: only the lowest mark is to be trusted.
    @inline(__always)
    var specials: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = bits ^ (ones &* UInt64(UInt8.quote))
        let backslashes = bits ^ (ones &* UInt64(UInt8.backslash))
        let controls = (bits &- ones &* 0x20) & ~bits
        return (controls | ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)) & (ones &* 0x80)
    }

    /// Which of the eight bytes the lowest mark belongs to, 8 if there is none.
    @inline(__always)
    static func firstMark(_ marks: UInt64) -> Int { marks.trailingZeroBitCount / 8 }
}
