extension HeaderName {
    private struct Slot {
        let name: HeaderName
        let text: StaticString
    }

    /// Slots of the table below; a power of two, roomy enough that most names are found at once.
    private static let slots = 256

    /// Names by a hash of their length and three of their letters; a slot that is taken passes the name on to the next one.
    private static let table: [Slot?] = {
        var table = [Slot?](repeating: nil, count: slots)
        for name in allCases {
            var index = slot(of: name.text.utf8Start, count: name.text.utf8CodeUnitCount)
            while table[index] != nil { index = (index &+ 1) & (slots - 1) }
            table[index] = Slot(name: name, text: name.text)
        }
        return table
    }()

    /// Finds the name that `bytes` spell in any case.
    ///
    /// - Precondition: `count > 0`, and no byte is a control character.
    @inline(__always)
    static func find(_ bytes: UnsafePointer<UInt8>, count: Int) -> HeaderName? {
        table.withUnsafeBufferPointer { table in
            var index = slot(of: bytes, count: count)
            while let candidate = table[index] {
                let text = candidate.text
                if text.utf8CodeUnitCount == count, haveSameLetters(text.utf8Start, bytes, count: count) { return candidate.name }
                index = (index &+ 1) & (slots - 1)
            }
            return nil
        }
    }

    /// The multipliers were found by trying: with these, all but two of the names have a slot to themselves.
    @inline(__always)
    private static func slot(of bytes: UnsafePointer<UInt8>, count: Int) -> Int {
        let first = Int(bytes[0] | 0x20), middle = Int(bytes[count &>> 1] | 0x20), last = Int(bytes[count &- 1] | 0x20)
        return (count &* 167 &+ first &* 79 &+ middle &* 193 &+ last &* 3) & (slots - 1)
    }

    /// Compares with bit 5 set in every byte. That folds the case of letters; without control characters it confuses a
    /// letter or a hyphen with nothing else, and our names consist of those.
    @inline(__always)
    private static func haveSameLetters(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, count: Int) -> Bool {
        func word(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
            UnsafeRawPointer(bytes + offset).loadUnaligned(as: UInt64.self) | 0x2020_2020_2020_2020
        }
        guard count >= 8 else {
            for index in 0..<count where left[index] | 0x20 != right[index] | 0x20 { return false }
            return true
        }
        var offset = 0
        while offset + 8 <= count {
            if word(left, offset) != word(right, offset) { return false }
            offset += 8
        }
        return word(left, count - 8) == word(right, count - 8)  // the rest, overlapping what was compared
    }
}
