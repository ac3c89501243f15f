/// A handshake that was found to be in order, and what becomes of the connection.
public struct WebSocketAcceptance: Sendable {
    let configuration: WebSocketConfiguration
    let deflate: PermessageDeflate?
    let makeDelegate: @Sendable (WebSocketConnection) -> any WebSocketDelegate
}

extension Response {
    /// Accepts a WebSocket handshake (RFC 6455 §4.2).
    ///
    /// - Parameter delegate: called on the loop of the connection once the socket is open; it may send at once.
    /// Which pages may connect, by their `Origin`, is the caller's question.
    ///
    /// - Throws: 400 when it is no proper handshake, 426 when it is no handshake at all or for another version.
    public static func webSocket(
        _ request: Request, _ configuration: WebSocketConfiguration,
        delegate: @escaping @Sendable (WebSocketConnection) -> any WebSocketDelegate
    ) throws(HTTPError) -> Response {
        let head = request.head
        let key = try WebSocketHandshake.check(head)
        let deflate = configuration.compresses ? PermessageDeflate.negotiate(head.list(.secWebSocketExtensions)) : nil
        var fields = [HeaderField(.upgrade, "websocket")]
        func add(_ name: HeaderName, _ text: String?) {
            if let value = text.flatMap(HeaderValue.init) { fields.append(HeaderField(name, value)) }
        }
        add(.secWebSocketAccept, WebSocketHandshake.accept(key: key))
        add(.secWebSocketProtocol, configuration.chooseSubprotocol(head.list(.secWebSocketProtocol)))
        add(.secWebSocketExtensions, deflate?.response)
        let acceptance = WebSocketAcceptance(configuration: configuration, deflate: deflate, makeDelegate: delegate)
        return Response(101, headers: fields, body: .webSocket(acceptance))
    }
}
