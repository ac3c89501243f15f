internal import Runtime

/// How to find the server to connect to.
enum Locator: Hashable, Sendable {
    case fixed(RedisEndpoint)
    /// The master of that name, as the first of the sentinels says that knows it.
    case sentinel([RedisEndpoint], master: String)

    /// Finds the server and opens a connection to it. Asked anew each time: after a failover it is another one.
    ///
    /// - Throws: ``RedisError`` with `.unavailable`, and the reason.
    func open(with opener: ConnectionOpener) async throws(RedisError) -> CommandPipeline {
        switch self {
        case .fixed(let endpoint): return try await opener.open(endpoint, as: .any)
        case .sentinel(let sentinels, let master):
            var failure = RedisError(.unavailable, explanation: "no sentinel knows the master \(master)")
            // Each loop begins with another one, so that one that hangs does not hold up all.
            let first = opener.loop.index % sentinels.count
            for sentinel in sentinels[first...] + sentinels[..<first] {
                do throws(RedisError) {
                    return try await opener.open(try await ask(sentinel, for: master, with: opener), as: .master)
                } catch {
                    failure = error
                }
            }
            throw failure
        }
    }

    private func ask(
        _ sentinel: RedisEndpoint, for master: String, with opener: ConnectionOpener
    ) async throws(RedisError) -> RedisEndpoint {
        let pipeline = try await opener.open(sentinel, as: .sentinel)
        defer { pipeline.close() }
        let reply = try await pipeline.send([RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master)])[0]
        guard let parts = try? reply.decode(each: String.self), parts.count == 2, let port = UInt16(parts[1]) else {
            throw RedisError(.unavailable, explanation: "\(sentinel): the master \(master) is not known")
        }
        return RedisEndpoint(host: parts[0], port: port)
    }
}
