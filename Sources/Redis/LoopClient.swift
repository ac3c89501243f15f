internal import Networking
internal import Runtime
internal import Synchronization

/// What one loop has of Redis: the way to its servers, and its subscribers.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on
/// it; ``health``, which other threads may ask for, is atomic.
final class LoopClient: @unchecked Sendable {
    let loop: EventLoop
    private let opener: ConnectionOpener
    private var route: (any Route)?
    private var subscribers: [RedisSubscriber] = []
    private let reportedHealth = Atomic<UInt8>(RedisHealth.unavailable.rawValue)

    /// Begins to connect. Loop thread only.
    init(_ opener: ConnectionOpener) {
        self.opener = opener
        loop = opener.loop
        let report = { [weak self] in self?.reportHealth() ?? () }
        route =
            switch opener.configuration.url.deployment {
            case .single(let endpoint): SingleRoute(to: .fixed(endpoint), opener, onHealthChange: report)
            case .sentinel(let sentinels, let master):
                SingleRoute(to: .sentinel(sentinels, master: master), opener, onHealthChange: report)
            case .cluster(let seeds): ClusterRoute(seeds, opener, onHealthChange: report)
            }
    }

    /// As last looked at. From any thread.
    var health: RedisHealth { RedisHealth(rawValue: reportedHealth.load(ordering: .relaxed)) ?? .unavailable }

    func send(_ command: RedisCommand) async throws(RedisError) -> RedisReply {
        let outcome = await withUnsafeContinuation { continuation in
            // Here, not above: a task that does not prefer the loop would leave it for this closure.
            loop.preconditionInLoop()
            submit(command) { continuation.resume(returning: $0) }
        }
        return try outcome.get()
    }

    func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        let outcome = await withUnsafeContinuation { continuation in
            loop.preconditionInLoop()
            let batch = CommandBatch(count: commands.count) { continuation.resume(returning: $0) }
            for (index, command) in commands.enumerated() { submit(command, batch.receiver(index)) }
        }
        return try outcome.get()
    }

    func post(_ command: RedisCommand) { submit(command) { _ in } }

    func run(_ script: RedisScript, _ keys: [String], _ arguments: [any RedisArgument]) async throws(RedisError) -> RedisReply {
        let reply = try await send(script.byDigest(keys, arguments))
        guard case .error(let error) = reply, error.kind == "NOSCRIPT" else { return reply }
        return try await send(script.bySource(keys, arguments))
    }

    func subscriber(onGap: @escaping ([RedisChannel]) -> Void) -> RedisSubscriber {
        guard let route else { preconditionFailure("Redis has been closed") }
        subscribers.removeAll(where: \.isClosed)
        let subscriber = RedisSubscriber(route, opener, onGap: onGap)
        subscribers.append(subscriber)
        return subscriber
    }

    func close() {
        for subscriber in subscribers { subscriber.close() }
        subscribers = []
        route?.close()
        route = nil
        reportedHealth.store(RedisHealth.unavailable.rawValue, ordering: .relaxed)
    }

    private func submit(_ command: RedisCommand, _ receiver: @escaping Receiver) {
        guard let route else { return receiver(.failure(RedisError(.unavailable, explanation: "closed"))) }
        route.submit(command) { [telemetry = opener.telemetry] outcome in
            telemetry.count(outcome)
            receiver(outcome)
        }
    }

    private func reportHealth() {
        reportedHealth.store((route?.health ?? .unavailable).rawValue, ordering: .relaxed)
    }
}
