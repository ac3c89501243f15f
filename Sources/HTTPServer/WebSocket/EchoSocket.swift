/// Sends every message back: what conformance suites talk to, under `PARLEY_ECHO=on`.
public final class EchoSocket: WebSocketDelegate {
    public init() {}

    public func webSocket(_ socket: WebSocketConnection, receivedText utf8: UnsafeRawBufferPointer) {
        socket.send(text: Array(utf8))
    }

    public func webSocket(_ socket: WebSocketConnection, receivedBinary bytes: UnsafeRawBufferPointer) {
        socket.send(binary: Array(bytes))
    }

    public func webSocketClosed(_ socket: WebSocketConnection, code: WebSocketCloseCode) {}
}

extension Route<AnonymousContext> {
    /// A WebSocket that echoes, with limits that every case of the Autobahn suite passes (16 MiB, or 64 Ki fragments).
    ///
    /// - Parameter compresses: whether permessage-deflate is offered back.
    public static func echo(_ path: RoutePath = "/__echo", compresses: Bool = false) -> Route {
        var limits = WebSocketConfiguration.Limits()
        limits.message = 32 << 20
        limits.fragments = 1 << 17
        limits.unsent = 128 << 20
        limits.inflation = .max
        limits.pingsPerSecond = 1_000
        let configuration = WebSocketConfiguration(limits: limits, compresses: compresses)
        return Route(.get, path, "Echoes WebSocket messages, for conformance suites.", statuses: [101]) { request, _ in
            try .webSocket(request, configuration) { _ in EchoSocket() }
        }
    }
}
