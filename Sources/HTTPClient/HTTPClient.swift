public import Runtime

/// Asks other servers, over HTTP/1.1, and over HTTP/2 where TLS offers it. libcurl does it, on the event loops: no thread waits for an answer.
///
/// Every loop has connections of its own, and uses only those. A request may be sent from anywhere; on one of the loops it costs no hop.
/// No proxy, cookie, netrc or other setting of the environment has a say, and no compression is asked for.
public final class HTTPClient: Sendable {
    private let pools: [TransferPool]

    /// - Parameter loops: those that have connections; at least one.
    /// - Throws: ``HTTPClientError`` with `.overloaded`: memory has run out.
    public init(on loops: some Collection<EventLoop> & Sendable, _ configuration: HTTPClientConfiguration) async throws(HTTPClientError) {
        precondition(!loops.isEmpty, "a client needs a loop")
        var pools: [TransferPool] = []
        for loop in loops {
            pools.append(
                try await loop.perform { () async throws(HTTPClientError) in try TransferPool(on: loop, configuration) })
        }
        self.pools = pools
    }

    /// Connections that nobody closed are closed on their loops.
    deinit {
        for pool in pools { pool.loop.post { pool.release() } }
    }

    /// Sends a request and answers the whole answer, whatever its status.
    ///
    /// When the task is cancelled the transfer ends at once. What was sent over a kept connection that turns out to be dead, before a
    /// byte of the answer came, is sent again on a new one.
    public func send(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
        if let poolHere { return try await Exchange(request, in: poolHere).run() }
        let pool = pools[0]
        return try await pool.loop.perform { () async throws(HTTPClientError) in try await Exchange(request, in: pool).run() }
    }

    /// Takes no more requests, lets those under way finish, ends those that have not after `limit`, and closes the connections.
    public func close(within limit: Duration = .seconds(5)) async {
        await withTaskGroup { group in
            for pool in pools { group.addTask { await pool.loop.perform { await pool.close(within: limit) } } }
        }
    }

    private var poolHere: TransferPool? {
        guard let loop = EventLoop.current else { return nil }
        return pools.first { $0.loop === loop }
    }
}
