/// Looks for control characters eight bytes at a time.
enum ControlScan {
    /// The position of the first byte below 0x20, or of DEL, in `from..<to`; `to` when there is none.
    @inline(__always)
    static func first(in bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int {
        var index = from
        while index &+ 8 <= to {
            let word = UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self).littleEndian
            // A byte's top bit comes out set if it is below 0x20, or 0x7F. Borrows reach upward only, so the lowest
            // bit that is set is exact, and that is the one we read.
            let low = (word &- 0x2020_2020_2020_2020) & ~word
            let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let found = (low | ((delete &- 0x0101_0101_0101_0101) & ~delete)) & 0x8080_8080_8080_8080
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < to {
            if bytes[index] < 0x20 || bytes[index] == 0x7F { return index }
            index &+= 1
        }
        return to
    }
}
