internal import Networking
internal import Runtime

/// Opens connections of one loop, from the name of a server to a connection that is signed in.
struct ConnectionOpener {
    private static let threads = BlockingPool(name: "redis-names", threads: 2, queueLimit: 256)

    let configuration: RedisConfiguration
    let tls: TLSContext?
    let telemetry: RedisTelemetry
    let loop: EventLoop

    /// Whom to sign in to.
    enum Role { case any, master, sentinel }

    /// Opens a connection to a server. Call it on the loop.
    ///
    /// - Throws: ``RedisError`` with `.unavailable`, and the reason.
    func open(_ endpoint: RedisEndpoint, as role: Role) async throws(RedisError) -> CommandPipeline {
        let connection = try await reach(endpoint)
        let pipeline = CommandPipeline(connection, signingIn, telemetry)
        do throws(RedisError) {
            try await signIn(pipeline, as: role)
        } catch {
            pipeline.close()
            throw RedisError(
                .unavailable, kind: error.kind, explanation: error.explanation ?? "\(endpoint): \(error.code) while signing in")
        }
        return CommandPipeline(pipeline.release(), configuration, telemetry)
    }

    /// TLS and the first answers may take longer than a command: a server that is reached may be far away, or busy.
    private var signingIn: RedisConfiguration {
        var configuration = configuration
        configuration.commandDeadline = configuration.connectDeadline
        return configuration
    }

    private func reach(_ endpoint: RedisEndpoint) async throws(RedisError) -> RedisConnection {
        var failure = RedisError(.unavailable)
        for address in try await addresses(of: endpoint) {
            do throws(RedisError) {
                return try await RedisConnection.open(
                    to: address, tls: tls.map { ($0, endpoint.host) }, limits: configuration.replyLimits,
                    within: configuration.connectDeadline, on: loop)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private func addresses(of endpoint: RedisEndpoint) async throws(RedisError) -> [SocketAddress] {
        do {
            // An address in numbers is not looked up, so it does not block.
            if SocketAddress(literal: endpoint.host) != nil { return try SocketAddress.resolve(host: endpoint.host, port: endpoint.port) }
            return try await Self.threads.run { try SocketAddress.resolve(host: endpoint.host, port: endpoint.port) }
        } catch {
            throw RedisError(.unavailable, explanation: "\(endpoint.host): no address is known")
        }
    }

    private func signIn(_ pipeline: CommandPipeline, as role: Role) async throws(RedisError) {
        let credentials = role == .sentinel ? configuration.url.sentinelCredentials : configuration.url.credentials
        var commands = [credentials.command].compactMap(\.self)
        if role != .sentinel, configuration.url.database > 0 { commands.append(RedisCommand("SELECT", configuration.url.database)) }
        let required = commands.count
        commands.append(RedisCommand("CLIENT", "SETNAME", configuration.clientName))
        // A server that is still loading its data answers with an error.
        commands.append(role == .master ? RedisCommand("ROLE") : RedisCommand("PING"))
        let replies = try await pipeline.send(commands)
        for reply in replies[..<required] { try reply.check() }
        guard let last = replies.last else { return }
        switch role {
        case .master:
            try last.check()
            guard case .array(let parts) = last, parts.first == .bytes(Array("master".utf8)) else {
                throw RedisError(.unavailable, explanation: "the sentinels' master is none (yet)")
            }
        case .any, .sentinel:
            // An account that may not say PING can still be of use.
            if case .error(let error) = last, error.kind != "NOPERM" { try last.check() }
        }
    }
}
