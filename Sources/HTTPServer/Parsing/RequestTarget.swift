/// The target of a request (RFC 9112 §3.2), found but not yet understood.
struct RequestTarget {
    /// The space behind it.
    var end: Int
    var questionMark: Int?

    /// The parts of a target, as positions in the head. An empty path stands for `/`.
    struct Parts {
        var path: Range<Int>
        var query: Range<Int>?
        var authority: Range<Int>?
    }

    /// Goes over the target at the beginning of `range` up to the space behind it. `nil` when there is no such space.
    ///
    /// Refuses what may not stand in a target: other characters than printable ASCII, a fragment, a broken escape.
    static func scan(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) throws(RequestFault) -> RequestTarget? {
        var index = range.lowerBound
        var questionMark: Int?
        while true {
            while index < range.upperBound, CharacterSet.target.contains(bytes[index]) { index &+= 1 }
            guard index < range.upperBound else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "?"):
                if questionMark == nil { questionMark = index }
                index += 1
            case UInt8(ascii: "%"):
                guard range.upperBound - index > 2, bytes[index + 1].hexDigitValue != nil, bytes[index + 2].hexDigitValue != nil else {
                    throw .invalidTarget
                }
                index += 3
            case UInt8(ascii: " "):
                guard index > range.lowerBound else { throw .malformedRequestLine }
                return RequestTarget(end: index, questionMark: questionMark)
            default:
                throw .invalidTarget
            }
        }
    }

    /// Tells the four forms apart: a path, a whole URI, an authority (CONNECT only, so never here), an asterisk.
    func interpret(_ bytes: UnsafePointer<UInt8>, _ start: Int, method: HTTPMethod?) throws(RequestFault) -> Parts {
        let query = questionMark.map { $0 + 1..<end }
        let pathEnd = questionMark ?? end
        switch bytes[start] {
        case UInt8(ascii: "/"):
            return Parts(path: start..<pathEnd, query: query)
        case UInt8(ascii: "*"):
            guard method == .options, end == start + 1 else { throw .invalidTarget }
            return Parts(path: start..<end)
        default:
            guard let authorityStart = Self.skipScheme(bytes, start..<pathEnd) else { throw .invalidTarget }
            var authorityEnd = authorityStart
            while authorityEnd < pathEnd, bytes[authorityEnd] != UInt8(ascii: "/") { authorityEnd += 1 }
            guard Host.isValid(bytes, authorityStart..<authorityEnd) else { throw .invalidTarget }
            return Parts(path: authorityEnd..<pathEnd, query: query, authority: authorityStart..<authorityEnd)
        }
    }

    /// The position behind `http://` or `https://`, in any case; `nil` when the range begins with neither.
    private static func skipScheme(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int? {
        for scheme in ["http://", "https://"] as [StaticString] where range.count >= scheme.utf8CodeUnitCount {
            let matches = (0..<scheme.utf8CodeUnitCount).allSatisfy { bytes[range.lowerBound + $0].lowercasedASCII == scheme.utf8Start[$0] }
            if matches { return range.lowerBound + scheme.utf8CodeUnitCount }
        }
        return nil
    }
}
