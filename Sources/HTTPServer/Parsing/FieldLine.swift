/// One line of a header or trailer section: `field-name ":" OWS field-value OWS` (RFC 9112 §5).
enum FieldLine {
    /// Parses `line`, the bytes before its CRLF. They hold no control character but the tab.
    ///
    /// White space at the beginning (a folded line, or a trick before the first field) and before the colon are
    /// refused with everything else that is no token.
    static func parse(_ bytes: UnsafePointer<UInt8>, _ line: Range<Int>) throws(RequestFault) -> RequestHead.Field {
        let colon = find(UInt8(ascii: ":"), in: bytes, line)
        guard colon > line.lowerBound, colon < line.upperBound else { throw .malformedField }
        let name = HeaderName.find(bytes + line.lowerBound, count: colon &- line.lowerBound)
        // A name that we know is spelt in letters and hyphens; any other is looked at closely.
        if name == nil {
            for index in line.lowerBound..<colon {
                guard CharacterSet.token.contains(bytes[index]) else { throw .malformedField }
            }
        }
        var start = colon &+ 1
        var end = line.upperBound
        while start < end, isBlank(bytes[start]) { start &+= 1 }
        while end > start, isBlank(bytes[end &- 1]) { end &-= 1 }
        return RequestHead.Field(
            nameStart: UInt16(truncatingIfNeeded: line.lowerBound), nameEnd: UInt16(truncatingIfNeeded: colon),
            valueStart: UInt16(truncatingIfNeeded: start), valueEnd: UInt16(truncatingIfNeeded: end),
            name: name)
    }

    /// The first position of `wanted`, eight bytes at a time; the end of the line when it is not there.
    @inline(__always)
    private static func find(_ wanted: UInt8, in bytes: UnsafePointer<UInt8>, _ line: Range<Int>) -> Int {
        let pattern = UInt64(wanted) &* 0x0101_0101_0101_0101
        var index = line.lowerBound
        while index &+ 8 <= line.upperBound {
            let word = UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self).littleEndian ^ pattern
            let found = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < line.upperBound, bytes[index] != wanted { index &+= 1 }
        return index
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
