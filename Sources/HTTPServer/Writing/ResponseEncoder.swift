/// Writes the head of a response (RFC 9112 §4), and its body where that is short enough to go along.
struct ResponseEncoder {
    /// What the request means for the answer.
    struct Exchange {
        var isHead = false
        var version = HTTPVersion.http11
        /// Whether another request may follow on the connection.
        var keepsAlive = true
        var requestID = ""
    }

    /// The bytes to send, in this order, and how the rest of the body is framed.
    struct Encoded {
        var head: [UInt8]
        /// A body too long to be copied behind the head.
        var body: [UInt8]?
    }

    /// Bytes of body up to which copying it behind the head is cheaper than sending it by itself.
    private static let copyLimit = 8_192

    /// Fields that every response carries, encoded once.
    private let standardFields: [UInt8]
    private var date = HTTPDate()

    init(standardHeaders: [HeaderField]) {
        var fields: [UInt8] = []
        fields.append("X-Content-Type-Options: nosniff\r\n")
        for field in standardHeaders { fields.append(field) }
        standardFields = fields
    }

    /// Encodes everything but the body of a stream.
    mutating func encode(_ response: Response, for exchange: Exchange) -> Encoded {
        var body: [UInt8] = []
        if case .bytes(let bytes) = response.body { body = bytes }
        let hasContent = !response.status.forbidsBody
        let isCopied = body.count <= Self.copyLimit
        var head: [UInt8] = []
        head.reserveCapacity(512 + (isCopied ? body.count : 0))

        head.append("HTTP/1.1 ")
        head.append(decimal: response.status.code)
        head.append(" ")
        head.append(response.status.reason)
        head.append("\r\nDate: ")
        head.append(contentsOf: date.now())
        head.append("\r\n")
        if hasContent, let contentType = response.contentType { head.append(HeaderField(.contentType, contentType)) }
        if hasContent { appendFraming(of: response.body, count: body.count, exchange, to: &head) }
        appendConnection(response, exchange, to: &head)
        for field in response.headers { head.append(field) }
        head.append(contentsOf: standardFields)
        if !exchange.requestID.isEmpty {
            head.append("X-Request-ID: ")
            head.append(contentsOf: exchange.requestID.utf8)
            head.append("\r\n")
        }
        head.append("\r\n")
        guard hasContent, !exchange.isHead, !body.isEmpty else { return Encoded(head: head, body: nil) }
        guard isCopied else { return Encoded(head: head, body: body) }
        head.append(contentsOf: body)
        return Encoded(head: head, body: nil)
    }

    /// RFC 9112 §6. A stream to an HTTP/1.0 client has no framing: it ends with the connection.
    private func appendFraming(of body: Response.Body, count: Int, _ exchange: Exchange, to head: inout [UInt8]) {
        if case .stream = body {
            if exchange.version == .http11 { head.append("Transfer-Encoding: chunked\r\n") }
        } else {
            head.append("Content-Length: ")
            head.append(decimal: count)
            head.append("\r\n")
        }
    }

    /// RFC 9112 §9.3 and, for the Upgrade field, RFC 9110 §7.8.
    private func appendConnection(_ response: Response, _ exchange: Exchange, to head: inout [UInt8]) {
        if response.status == 101 {
            head.append("Connection: Upgrade\r\n")
        } else if !exchange.keepsAlive {
            head.append(response.headers.contains { $0.name == .upgrade } ? "Connection: Upgrade, close\r\n" : "Connection: close\r\n")
        } else if exchange.version == .http10 {
            head.append("Connection: keep-alive\r\n")
        } else if response.headers.contains(where: { $0.name == .upgrade }) {
            head.append("Connection: Upgrade\r\n")
        }
    }

    /// The answer that lets a client send its body (RFC 9110 §15.2.1).
    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// One chunk of a body (RFC 9112 §7.1).
    static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(bytes.count + 12)
        chunk.append(contentsOf: String(bytes.count, radix: 16).utf8)
        chunk.append("\r\n")
        chunk.append(contentsOf: bytes)
        chunk.append("\r\n")
        return chunk
    }

    static let lastChunk = Array("0\r\n\r\n".utf8)
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(_ field: HeaderField) {
        append(field.name.text)
        append(": ")
        append(contentsOf: field.value.text.utf8)
        append("\r\n")
    }

    fileprivate mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
