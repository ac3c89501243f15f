internal import HTTPServer
internal import Networking
internal import Runtime

/// Whoever uses a ``SocketClient``. Everything is called on the socket's loop.
protocol SocketClientDelegate: AnyObject {
    /// A whole message, lent for the call.
    func socket(_ socket: SocketClient, received message: UnsafeRawBufferPointer)

    /// The socket ended, and we had not asked for it. Called at most once, and last.
    ///
    /// - Parameter reason: a few words for the list of errors.
    func socketEnded(_ socket: SocketClient, reason: String)
}

/// A client's WebSocket.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or is called there by its owner.
final class SocketClient: ConnectionHandler, @unchecked Sendable {
    private enum State {
        case handshaking(SocketHandshake, ResponseReader)
        case open
        case closed
    }

    private static let largestMessage = 1 << 20

    private var state: State
    private var decoder = WebSocketDecoder(role: .client, messageLimit: largestMessage)
    private var connection: TCPConnection?
    private weak var delegate: (any SocketClientDelegate)?
    private var opening: CheckedContinuation<Void, any Error>?
    /// Masks of frames have to differ, but nobody needs to be protected from this client: no kernel is asked.
    private var masks = SplitMix64()

    private init(_ handshake: SocketHandshake) { state = .handshaking(handshake, ResponseReader()) }

    /// Connects and shakes hands. Call it on `loop`, where the socket will belong.
    ///
    /// - Parameter token: see ``SocketHandshake``.
    /// - Throws: ``BenchFailure`` when the server does not answer as it should.
    static func open(
        _ target: BenchTarget, path: String, token: String? = nil, on loop: EventLoop, delegate: any SocketClientDelegate
    ) async throws -> SocketClient {
        let handshake = SocketHandshake(token: token)
        let socket = SocketClient(handshake)
        socket.delegate = delegate
        let connection = try await target.connect(on: loop, handler: socket)
        socket.connection = connection
        connection.write(handshake.request(path: path, authority: target.authority))
        try await withCheckedThrowingContinuation { socket.opening = $0 }
        return socket
    }

    func send(text: borrowing [UInt8]) {
        connection?.write(WebSocketEncoder.frame(.text, copy text, mask: masks.next()))
    }

    /// Says goodbye and is done: the delegate hears nothing more.
    func close() {
        state = .closed
        connection?.write(WebSocketEncoder.close(.normal, mask: masks.next()))
        connection?.finish()
        connection = nil
    }

    // MARK: ConnectionHandler

    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {
        switch state {
        case .open: receive(bytes)
        case .handshaking(let handshake, var reader):
            reader.append(bytes)
            do {
                guard let response = try reader.next() else { return state = .handshaking(handshake, reader) }
                if let fault = handshake.fault(in: response) { return end(fault) }
            } catch {
                return end("handshake answered with no HTTP")
            }
            state = .open
            opening?.resume()
            opening = nil
            reader.rest.withUnsafeBytes(receive)
        case .closed: break
        }
    }

    func connectionInputEnded(_ connection: TCPConnection) { end("closed without a close frame") }

    func connectionDrained(_ connection: TCPConnection) {}

    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) {
        end(error.map { "connection broken (errno \($0.errno))" } ?? "closed without a close frame")
    }

    // MARK: Frames

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        // The decoder unmasks in place; what a server sends is not masked, so these bytes stay as they are.
        var input = UnsafeMutableRawBufferPointer(mutating: bytes)
        while case .open = state, let event = decoder.next(&input) {
            switch event {
            case .text(let payload), .binary(let payload): payload.withUnsafeBytes { delegate?.socket(self, received: $0) }
            case .ping(let payload):
                payload.withUnsafeBytes { connection?.write(WebSocketEncoder.frame(.pong, $0, mask: masks.next())) }
            case .pong: break
            case .close(let code, _): end("closed with \(code?.rawValue ?? WebSocketCloseCode.noStatus.rawValue)")
            case .failed(let fault): end("bad frame: \(fault)")
            }
        }
    }

    private func end(_ reason: String) {
        if case .closed = state { return }
        state = .closed
        connection?.abort()
        connection = nil
        if let opening {
            self.opening = nil
            opening.resume(throwing: BenchFailure(reason))
        } else {
            delegate?.socketEnded(self, reason: reason)
        }
    }
}
