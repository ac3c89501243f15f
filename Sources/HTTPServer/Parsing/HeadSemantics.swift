/// What the header fields of a request say about the message itself: its framing, and the fate of the connection.
/// Gathered while the fields are read, judged when all of them are there.
struct HeadSemantics: Sendable {
    private var host: FieldState = .absent
    private var length: Int?
    private var transferCoding: FieldState = .absent
    private var expectation: FieldState = .absent
    private var asksToClose = false
    private var asksToKeepAlive = false
    private var seenOnce: UInt16 = 0

    private enum FieldState: Sendable {
        case absent, good, bad
    }

    /// Takes the value at `range` of a field that the server knows.
    mutating func take(_ name: HeaderName, _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) throws(RequestFault) {
        let bit = name.onceBit
        if seenOnce & bit != 0 { throw name.repetitionFault }
        seenOnce |= bit
        switch name {
        case .host:
            guard Host.isValid(bytes, range) else { throw .invalidHost }
            host = .good
        case .contentLength:
            guard let value = Self.decimal(bytes, range) else { throw .invalidContentLength }
            length = value
        case .transferEncoding:
            let isAlone = transferCoding == .absent
            transferCoding = isAlone && Self.isWord("chunked", bytes, range) ? .good : .bad
        case .expect:
            expectation = Self.isWord("100-continue", bytes, range) ? .good : .bad
        case .connection:
            takeConnectionOptions(bytes, range)
        default: break
        }
    }

    /// Judges the whole (RFC 9112 §6.3). The order matters: an ambiguous length is reported before an unknown coding.
    func framing(of version: HTTPVersion) throws(RequestFault) -> RequestHead.BodyFraming {
        if version == .http11, host == .absent { throw .invalidHost }
        if transferCoding != .absent {
            if length != nil || version == .http10 { throw .ambiguousFraming }
            guard transferCoding == .good else { throw .unsupportedTransferCoding }
            return .chunked
        }
        return switch length {
        case nil, 0: .none
        case .some(let count): .length(count)
        }
    }

    /// - Throws: `unknownExpectation` for anything but `100-continue`, except from HTTP/1.0, which knows no expectations (RFC 9110 §10.1.1).
    func expectsContinue(_ version: HTTPVersion) throws(RequestFault) -> Bool {
        guard version == .http11 else { return false }
        if expectation == .bad { throw .unknownExpectation }
        return expectation == .good
    }

    /// RFC 9112 §9.3.
    func keepsAlive(_ version: HTTPVersion) -> Bool {
        !asksToClose && (version == .http11 || asksToKeepAlive)
    }

    private mutating func takeConnectionOptions(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != UInt8(ascii: ",") { end += 1 }
            let option = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(start: bytes, count: end)[start..<end].trimmingWhiteSpace)
            switch option.count {
            case 5: if option.equalsIgnoringCase("close".utf8) { asksToClose = true }
            case 10: if option.equalsIgnoringCase("keep-alive".utf8) { asksToKeepAlive = true }
            default: break
            }
            start = end + 1
        }
    }

    /// One decimal number without sign, list or leading zero, that fits.
    private static func decimal(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int? {
        guard let first = range.first, range.count == 1 || bytes[first] != UInt8(ascii: "0") else { return nil }
        var value = 0
        for index in range {
            let digit = Int(bytes[index]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            let (scaled, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = scaled.addingReportingOverflow(digit)
            if tooLarge || stillTooLarge { return nil }
            value = sum
        }
        return value
    }

    private static func isWord(_ word: StaticString, _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        range.count == word.utf8CodeUnitCount
            && (0..<range.count).allSatisfy { bytes[range.lowerBound + $0].lowercasedASCII == word.utf8Start[$0] }
    }
}

extension HeaderName {
    /// A bit of its own for each field that may stand once in a request (RFC 9110 §5.3); 0 for all others. Two of them
    /// could be read differently by us and by a proxy in front of us.
    fileprivate var onceBit: UInt16 {
        switch self {
        case .host: 1 << 0
        case .contentLength: 1 << 1
        case .contentType: 1 << 2
        case .authorization: 1 << 3
        case .expect: 1 << 4
        case .origin: 1 << 5
        case .idempotencyKey: 1 << 6
        case .xAPIKey: 1 << 7
        case .secWebSocketKey: 1 << 8
        case .secWebSocketVersion: 1 << 9
        default: 0
        }
    }

    fileprivate var repetitionFault: RequestFault {
        switch self {
        case .host: .invalidHost
        case .contentLength: .invalidContentLength
        default: .repeatedField
        }
    }
}
