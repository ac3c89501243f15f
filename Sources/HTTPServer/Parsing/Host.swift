/// The value of a Host field, or the authority of a target: `uri-host [ ":" port ]` (RFC 9110 §7.2).
enum Host {
    static func isValid(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        var index = range.lowerBound
        if bytes[first] == UInt8(ascii: "[") {
            guard let end = endOfLiteral(bytes, range) else { return false }
            index = end
        } else {
            while index < range.upperBound, CharacterSet.hostName.contains(bytes[index]) { index += 1 }
            if index == range.lowerBound { return false }
        }
        return index == range.upperBound || (bytes[index] == UInt8(ascii: ":") && isPort(bytes, index + 1..<range.upperBound))
    }

    /// The position behind the bracket that closes an IPv6 address. Which address it is does not matter here, only
    /// that it cannot be anything else.
    private static func endOfLiteral(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound + 1
        var colons = 0
        while index < range.upperBound, bytes[index] != UInt8(ascii: "]") {
            if bytes[index] == UInt8(ascii: ":") {
                colons += 1
            } else if bytes[index].hexDigitValue == nil, bytes[index] != UInt8(ascii: ".") {
                return nil
            }
            index += 1
        }
        guard index < range.upperBound, (2...7).contains(colons), index - range.lowerBound <= 46 else { return nil }
        return index + 1
    }

    /// A port may be empty (RFC 3986 §3.2.3).
    private static func isPort(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count <= 5 else { return false }
        var port = 0
        for index in range {
            guard (0x30...0x39).contains(bytes[index]) else { return false }
            port = port * 10 + Int(bytes[index] - 0x30)
        }
        return port <= 65_535
    }
}
