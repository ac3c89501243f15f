/// Parses the head of one request, line by line, and remembers where it stopped, so that every byte is looked at once
/// however the head arrives.
///
/// It is given the bytes from the beginning of the head, more of them each time.
struct HeadParser: Sendable {
    enum Progress {
        case incomplete
        /// - Parameter length: bytes of the head, with the empty line behind it.
        case complete(length: Int)
    }

    private(set) var line: RequestLine?
    private(set) var fields: [RequestHead.Field] = []
    private(set) var semantics = HeadSemantics()
    /// Where the current line begins, and up to where it holds no control character.
    private var lineStart = 0
    private var scanned = 0

    /// A line is this much longer than its target: method, version and blanks.
    private static let lineOverhead = RequestLine.longestMethod + 16

    mutating func advance(_ bytes: UnsafePointer<UInt8>, count: Int, limits: ParserLimits) throws(RequestFault) -> Progress {
        let end = min(count, limits.head, ParserLimits.largestHead)
        while true {
            scanned = ControlScan.first(in: bytes, from: scanned, to: end)
            guard scanned < end else { break }
            if bytes[scanned] == UInt8(ascii: "\t") {
                scanned += 1
                continue
            }
            guard bytes[scanned] == UInt8(ascii: "\r") else { throw .controlCharacter }
            guard scanned + 1 < end else { break }
            guard bytes[scanned + 1] == UInt8(ascii: "\n") else { throw .controlCharacter }
            let content = lineStart..<scanned
            scanned += 2
            lineStart = scanned
            if try take(content, of: bytes, limits: limits) { return .complete(length: scanned) }
        }
        if line == nil, end - lineStart > limits.target + Self.lineOverhead { throw overlongLine(bytes, end) }
        if count > end || end == limits.head { throw .headTooLarge }
        return .incomplete
    }

    /// - Returns: whether that was the empty line at the end.
    private mutating func take(_ content: Range<Int>, of bytes: UnsafePointer<UInt8>, limits: ParserLimits) throws(RequestFault) -> Bool {
        if line == nil {
            // One empty line before a request is passed over: some clients send one behind a body (RFC 9112 §2.2).
            if content.isEmpty, content.lowerBound == 0 { return false }
            line = try RequestLine.parse(bytes, content, targetLimit: limits.target)
            return false
        }
        if content.isEmpty { return true }
        guard fields.count < limits.fields else { throw .tooManyFields }
        let field = try FieldLine.parse(bytes, content)
        if fields.isEmpty { fields.reserveCapacity(16) }
        fields.append(field)
        if let name = field.name {
            try semantics.take(name, bytes, Int(field.valueStart)..<Int(field.valueEnd))
        }
        return false
    }

    private func overlongLine(_ bytes: UnsafePointer<UInt8>, _ end: Int) -> RequestFault {
        let method = (lineStart..<end).prefix { CharacterSet.token.contains(bytes[$0]) }
        return method.count > RequestLine.longestMethod ? .methodNotSupported : .targetTooLong
    }
}
