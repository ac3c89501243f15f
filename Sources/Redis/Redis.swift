public import Observability
public import Runtime

/// Redis, as the product holds it. Every loop has a connection of its own for commands (in a cluster, one to each master).
///
/// Commands of a loop follow one another on its connection without waiting for answers, and are answered in their order. May be
/// called from anywhere; on a loop of the group it costs no hop.
///
///     let redis = try await Redis(RedisConfiguration(parsing: "redis://127.0.0.1"), on: group)
///     try await redis.send("SET", "greeting", "hello", "PX", 60_000).check()
///     let text = try await redis.send("GET", "greeting").decode(String?.self)
///
/// Redis holds what may be lost, so a caller that gets ``RedisError/isUnavailability`` goes on without it. It learns of that at
/// once, not after a wait: while no connection stands commands are refused, but for those that meet the first attempt to open one.
///
/// One connection serves everybody on the loop, so a command that blocks (`BLPOP`, `XREAD BLOCK`) holds up all others. Who
/// needs such commands makes a `Redis` for them, with a ``RedisConfiguration/commandDeadline`` to suit.
public final class Redis: Sendable {
    private let clients: [LoopClient]

    /// Begins to open connections, in the background: whether or not Redis can be reached. Logs to the logger that is current now.
    ///
    /// - Parameter loops: how many loops of the group have connections, the first ones; all unless it is given.
    /// - Throws: ``RedisConfigurationError`` if the certificates to trust cannot be read.
    public init(
        _ configuration: RedisConfiguration, on group: EventLoopGroup, loops: Int? = nil, metrics: MetricsRegistry = .shared
    ) async throws(RedisConfigurationError) {
        let tls = try configuration.makeTLSContext()
        let telemetry = RedisTelemetry(.current, metrics)
        var clients: [LoopClient] = []
        for loop in group.loops.prefix(loops ?? group.loops.count) {
            clients.append(
                await loop.run { loop in
                    LoopClient(ConnectionOpener(configuration: configuration, tls: tls, telemetry: telemetry, loop: loop))
                })
        }
        self.clients = clients
    }

    /// Whether Redis can be used. From any thread.
    public var health: RedisHealth { .of(clients.map(\.health)) }

    /// Ends all connections and subscribers. Who still waits for an answer gets `.connectionLost`.
    public func close() async {
        for client in clients { await client.loop.run { _ in client.close() } }
    }

    // MARK: Commands

    /// Sends a command and waits for its reply, an error reply included: ``RedisReply/decode(_:)`` and ``RedisReply/check()``
    /// throw that one.
    ///
    /// A task that is cancelled meanwhile still waits: else nobody would know whether the command took effect.
    ///
    /// - Throws: ``RedisError`` with `.unavailable`, `.timedOut` or `.connectionLost`.
    public func send(_ name: String, _ arguments: any RedisArgument...) async throws(RedisError) -> RedisReply {
        try await send(RedisCommand(name, arguments: arguments))
    }

    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisReply {
        if let clientHere { return try await clientHere.send(command) }
        let client = clients[0]
        return try await client.loop.perform { () async throws(RedisError) in try await client.send(command) }
    }

    /// Sends commands together and waits for all replies, in the same order. In a cluster each goes to its node.
    ///
    /// - Throws: ``RedisError`` if one of them was not answered. Others may have taken effect.
    public func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        if let clientHere { return try await clientHere.send(commands) }
        let client = clients[0]
        return try await client.loop.perform { () async throws(RedisError) in try await client.send(commands) }
    }

    /// Runs a script on the server. In a cluster, `keys` share a hash tag.
    ///
    /// - Throws: ``RedisError`` with `.unavailable`, `.timedOut` or `.connectionLost`.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [any RedisArgument] = []
    ) async throws(RedisError) -> RedisReply {
        if let clientHere { return try await clientHere.run(script, keys, arguments) }
        let client = clients[0]
        return try await client.loop.perform { () async throws(RedisError) in try await client.run(script, keys, arguments) }
    }

    // MARK: Messages

    /// Publishes a message. Nobody waits: one that cannot be sent now is dropped, as is one without subscribers.
    public func publish(_ payload: [UInt8], to channel: RedisChannel) {
        if let clientHere { return clientHere.post(channel.publishing(payload)) }
        let client = clients[0]
        client.loop.post { client.post(channel.publishing(payload)) }
    }

    /// Makes a subscriber that belongs to the calling loop, with connections of its own. It lives until it is closed.
    ///
    /// - Parameter onGap: told which channels are subscribed as of now, for the first time or again after a loss. What was
    ///   published on them before may have been missed; what is published from now on arrives.
    public func subscriber(onGap: @escaping ([RedisChannel]) -> Void = { _ in }) -> RedisSubscriber {
        guard let clientHere else { preconditionFailure("called outside of the loops of this Redis") }
        return clientHere.subscriber(onGap: onGap)
    }
}

extension Redis {
    /// The client of the loop that the caller runs on.
    private var clientHere: LoopClient? {
        guard let loop = EventLoop.current, loop.index < clients.count, clients[loop.index].loop === loop else { return nil }
        return clients[loop.index]
    }
}
