internal import Networking
internal import Runtime

/// Whoever uses an ``HTTPClientConnection``. Everything is called on the connection's loop.
protocol HTTPClientDelegate: AnyObject {
    func connection(_ connection: HTTPClientConnection, received response: ResponseReader.Response)

    /// The connection ended, and we had not asked for it. Called at most once, and last.
    func connectionEnded(_ connection: HTTPClientConnection, reason: String)
}

/// A connection that stays open from request to request.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or is called there by its owner.
final class HTTPClientConnection: ConnectionHandler, @unchecked Sendable {
    private var reader = ResponseReader()
    private var connection: TCPConnection?
    private weak var delegate: (any HTTPClientDelegate)?

    /// Connects. Call it on `loop`, where the connection will belong.
    ///
    /// - Throws: ``BenchFailure`` when the server cannot be reached.
    static func open(_ target: BenchTarget, on loop: EventLoop, delegate: any HTTPClientDelegate) async throws -> HTTPClientConnection {
        let client = HTTPClientConnection()
        client.delegate = delegate
        client.connection = try await target.connect(on: loop, handler: client)
        return client
    }

    /// Sends a request as it stands. One at a time.
    func send(_ request: [UInt8]) { connection?.write(request) }

    /// Is done: the delegate hears nothing more.
    func close() {
        delegate = nil
        connection?.finish()
        connection = nil
    }

    // MARK: ConnectionHandler

    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {
        reader.append(bytes)
        do {
            while let response = try reader.next() { delegate?.connection(self, received: response) }
        } catch {
            end("answered with no HTTP")
        }
    }

    func connectionInputEnded(_ connection: TCPConnection) { end("closed between requests") }

    func connectionDrained(_ connection: TCPConnection) {}

    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) {
        end(error.map { "connection broken (errno \($0.errno))" } ?? "closed between requests")
    }

    private func end(_ reason: String) {
        let delegate = delegate
        self.delegate = nil
        connection?.abort()
        connection = nil
        delegate?.connectionEnded(self, reason: reason)
    }
}
