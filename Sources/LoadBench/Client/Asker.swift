internal import Runtime

/// A connection for what is asked once, before a load begins.
///
/// `@unchecked Sendable`: confined to its loop.
final class Asker: HTTPClientDelegate, @unchecked Sendable {
    private var connection: HTTPClientConnection?
    private var waiting: CheckedContinuation<ResponseReader.Response, any Error>?

    /// Connects. Call it on `loop`, where it will belong.
    ///
    /// - Throws: ``BenchFailure`` when the server cannot be reached.
    static func open(_ target: BenchTarget, on loop: EventLoop) async throws -> Asker {
        let asker = Asker()
        asker.connection = try await HTTPClientConnection.open(target, on: loop, delegate: asker)
        return asker
    }

    /// Sends a request as it stands. One at a time.
    ///
    /// - Throws: ``BenchFailure`` when the connection ends instead.
    func ask(_ request: [UInt8]) async throws -> ResponseReader.Response {
        guard let connection else { throw BenchFailure("the connection has ended") }
        return try await withCheckedThrowingContinuation { continuation in
            waiting = continuation
            connection.send(request)
        }
    }

    func close() {
        connection?.close()
        connection = nil
    }

    func connection(_ connection: HTTPClientConnection, received response: ResponseReader.Response) {
        waiting?.resume(returning: response)
        waiting = nil
    }

    func connectionEnded(_ connection: HTTPClientConnection, reason: String) {
        self.connection = nil
        waiting?.resume(throwing: BenchFailure(reason))
        waiting = nil
    }
}
