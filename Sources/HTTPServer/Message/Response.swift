public import JSON

/// An answer. A handler makes it as a value; the connection writes it.
public struct Response: Sendable {
    /// What follows the head.
    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// The handler writes while it works; the length is not known before.
        case stream(@Sendable (ResponseBodyWriter) async throws -> Void)
        /// The connection becomes a WebSocket once the head is written.
        case webSocket(WebSocketAcceptance)
    }

    public var status: HTTPStatus
    /// `nil` for a response without a body.
    public var contentType: HeaderValue?
    /// Further fields. Length, date, connection, request id and `nosniff` are written by the connection.
    public var headers: [HeaderField]
    public var body: Body

    public init(_ status: HTTPStatus, contentType: HeaderValue? = nil, headers: [HeaderField] = [], body: Body = .none) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    public static func json(_ status: HTTPStatus, _ value: some JSONEncodable) -> Response {
        Response(status, contentType: .json, body: .bytes(JSON.encode(value)))
    }

    /// JSON that is written already, such as a page that the database streamed into a ``JSONWriter``.
    public static func json(_ status: HTTPStatus, encoded: [UInt8]) -> Response {
        Response(status, contentType: .json, body: .bytes(encoded))
    }

    public static func text(_ status: HTTPStatus, _ text: String) -> Response {
        Response(status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }

    public static func bytes(_ status: HTTPStatus, _ bytes: [UInt8], contentType: HeaderValue) -> Response {
        Response(status, contentType: contentType, body: .bytes(bytes))
    }

    /// 204: done, and nothing to say.
    public static let noContent = Response(204)

    /// A body that is written while it is made: chunked in HTTP/1.1, ended by closing in HTTP/1.0.
    public static func stream(
        _ status: HTTPStatus, contentType: HeaderValue, _ write: @escaping @Sendable (ResponseBodyWriter) async throws -> Void
    ) -> Response {
        Response(status, contentType: contentType, body: .stream(write))
    }

    /// The same response with one field more.
    public func with(_ name: HeaderName, _ value: HeaderValue) -> Response {
        var response = self
        response.headers.append(HeaderField(name, value))
        return response
    }
}
