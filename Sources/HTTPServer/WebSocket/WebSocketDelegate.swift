/// What happens on a WebSocket. Everything is called on the loop of the socket; the socket keeps its delegate alive.
public protocol WebSocketDelegate: AnyObject {
    /// A whole text message, checked to be UTF-8. The bytes are lent for the call.
    func webSocket(_ socket: WebSocketConnection, receivedText utf8: UnsafeRawBufferPointer)

    /// A whole binary message. The bytes are lent for the call. Unless implemented, the socket is closed with 1003.
    func webSocket(_ socket: WebSocketConnection, receivedBinary bytes: UnsafeRawBufferPointer)

    /// The server is about to stop, and reads nothing more from this socket. Whoever still owes its client answers sends them
    /// and then closes it with 1012; the server does so after ``WebSocketConfiguration/Timing/restart``. Unless
    /// implemented, it is closed at once.
    func webSocketWillRestart(_ socket: WebSocketConnection)

    /// The socket has ended; nothing can be sent any more. Called exactly once, and last.
    ///
    /// - Parameter code: the peer's or our own, whichever close frame came first; 1006 when there was none.
    func webSocketClosed(_ socket: WebSocketConnection, code: WebSocketCloseCode)
}

extension WebSocketDelegate {
    public func webSocket(_ socket: WebSocketConnection, receivedBinary bytes: UnsafeRawBufferPointer) {
        socket.close(.unsupportedData)
    }

    public func webSocketWillRestart(_ socket: WebSocketConnection) { socket.close(.serviceRestart) }
}
