import HTTPServer

/// Streams of HTTP/1.1 requests: head, both kinds of framing, pipelining.
struct HTTPTarget: FuzzTarget {
    var vocabulary: [String] { RequestGrammar.vocabulary }

    func makeInput(_ random: inout RandomSource) -> [UInt8] { RequestGrammar.stream(&random) }

    func check(_ input: [UInt8]) throws -> Verdict { try RequestRules.check(input, bodyLimit: .max) }
}

/// Chunked bodies behind a head that is in order.
struct ChunkedTarget: FuzzTarget {
    private static let head = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
    private static let bodyLimit = 4_096

    let vocabulary = [
        "\r\n", "0\r\n\r\n", "0\r\n", "1\r\na\r\n", ";a=b", ";a=\"b\"", "X: y\r\n", "ffff", "\n", "\r", " ", "\t", "0x", "-", "+",
        "GET / HTTP/1.1\r\n",
    ]

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        RequestGrammar.chunked(random.bytes(random.oneIn(16) ? random.pick(Numbers.sizes) : random.size(upTo: 600)), &random)
    }

    func check(_ input: [UInt8]) throws -> Verdict { try RequestRules.check(Self.head + input, bodyLimit: Self.bodyLimit) }
}

/// What must hold of every stream of requests.
enum RequestRules {
    /// A stream of at most so many bytes is also fed byte by byte.
    private static let longestBytewise = 600
    private static let limits = ParserLimits()

    static func check(_ stream: [UInt8], bodyLimit: Int) throws -> Verdict {
        let whole = RequestTranscript(stream, bodyLimit: bodyLimit)
        let cut = RequestTranscript(stream, .random, bodyLimit: bodyLimit)
        try require(isSame(whole, cut), "cut into pieces it is \(cut.kind), at once \(whole.kind)")
        if stream.count <= longestBytewise {
            let bytewise = RequestTranscript(stream, .bytewise, bodyLimit: bodyLimit)
            try require(isSame(whole, bytewise), "byte by byte it is \(bytewise.kind), at once \(whole.kind)")
        }
        for exchange in whole.exchanges {
            try check(exchange.head)
            try require(exchange.body.count <= bodyLimit, "a body of \(exchange.body.count) bytes passed a limit of \(bodyLimit)")
            if exchange.isComplete { try checkRewritten(exchange) }
        }
        return whole.verdict
    }

    /// Which of several faults is told may depend on how much has arrived when the first is seen; that there is one may not.
    private static func isSame(_ left: RequestTranscript, _ right: RequestTranscript) -> Bool {
        left == right || (left.fault != nil && right.fault != nil && left.exchanges == right.exchanges)
    }

    private static func check(_ head: RequestHead) throws {
        try require(head.bytes.count <= limits.head, "a head of \(head.bytes.count) bytes")
        try require(head.fields.count <= limits.fields, "\(head.fields.count) fields")
        var names: [String: Int] = [:]
        for field in head.fields {
            let name = head.bytes[head.nameRange(field)], value = head.bytes[head.valueRange(field)]
            try require(!name.isEmpty && name.allSatisfy(isToken), "a field name that is no token")
            try require(value.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }, "a control character in a field value")
            try require(!isBlank(value.first) && !isBlank(value.last), "white space around a field value")
            names[String(decoding: name, as: UTF8.self).lowercased(), default: 0] += 1
        }
        if head.version == .http11 { try require(names["host"] == 1, "\(names["host"] ?? 0) Host fields") }
        switch head.framing {
        case .chunked:
            try require(names["transfer-encoding"] == 1 && names["content-length"] == nil, "chunked with an ambiguous length")
            try require(head.version == .http11, "chunked in HTTP/1.0")
        case .length: try require(names["content-length"] == 1 && names["transfer-encoding"] == nil, "an ambiguous length")
        case .none: try require(names["transfer-encoding"] == nil, "a transfer coding that was not read")
        }
        let path = head.path
        try require(path == "*" || path.hasPrefix("/"), "a path that does not begin with a slash")
        try require(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a path that is not printable ASCII")
    }

    /// Written anew as plainly as can be, it means the same.
    private static func checkRewritten(_ exchange: RequestTranscript.Exchange) throws {
        let head = exchange.head
        var text = head.requestLine + "\r\n".utf8
        for field in head.fields {
            let name = head.bytes[head.nameRange(field)]
            if name.elementsEqual("transfer-encoding".utf8, by: { $0 | 0x20 == $1 }) { continue }
            text += name + ": ".utf8 + head.bytes[head.valueRange(field)] + "\r\n".utf8
        }
        if head.framing == .chunked { text += "Content-Length: \(exchange.body.count)\r\n".utf8 }
        let again = RequestTranscript(text + "\r\n".utf8 + exchange.body)
        try require(again.fault == nil && again.exchanges.count == 1, "written anew it is refused: \(again.kind)")
        guard let second = again.exchanges.first else { return }
        try require(second.isComplete && second.body == exchange.body, "written anew it has another body")
        try require(
            second.head.path == head.path && second.head.query == head.query && second.head.host == head.host
                && second.head.method == head.method && second.head.keepsAlive == head.keepsAlive
                && second.head.expectsContinue == head.expectsContinue, "written anew it means something else")
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension RequestHead {
    /// The request line as it was sent, without its end.
    var requestLine: [UInt8] {
        let start = bytes.starts(with: "\r\n".utf8) ? 2 : 0
        return Array(bytes[start...].prefix { $0 != UInt8(ascii: "\r") })
    }
}
