import Observability
import Redis
import Runtime
import Synchronization
import Testing

/// A client of the tests, and its loops.
struct TestRedis: Sendable {
    let redis: Redis
    let group: EventLoopGroup

    var loop: EventLoop { group.loops[0] }

    /// Lends a client to `body`, as soon as it is connected.
    ///
    /// - Parameter patient: gives commands more time than the product does: for tests that are not about time, on a busy machine.
    static func use(
        _ url: String, loops: Int = 1, patient: Bool = true, waits: Bool = true, metrics: MetricsRegistry = MetricsRegistry(),
        _ adjust: (inout RedisConfiguration) -> Void = { _ in }, _ body: (TestRedis) async throws -> Void
    ) async throws {
        var configuration = try RedisConfiguration(parsing: url)
        if patient {
            configuration.commandDeadline = .seconds(20)
            configuration.silenceLimit = .seconds(30)
            configuration.connectDeadline = .seconds(20)
        }
        adjust(&configuration)
        let group = EventLoopGroup(count: loops)
        defer { group.shutdown() }
        let redis = try await Redis(configuration, on: group, metrics: metrics)
        let result: Result<Void, any Error>
        do {
            if waits { try await eventually(within: .seconds(20)) { redis.health == .ok } }
            try await body(TestRedis(redis: redis, group: group))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await redis.close()
        try result.get()
    }

    func expectAnswer() async throws {
        let reply = try await redis.send("PING")
        #expect(reply == .status("PONG"))
    }

    /// Subscribes on the loop, and notes what comes.
    func listen(to channels: RedisChannel...) async -> (RedisSubscriber, Inbox) {
        let inbox = Inbox()
        let subscriber = await loop.run { _ in
            let subscriber = redis.subscriber { inbox.note(gap: $0) }
            for channel in channels { subscriber.subscribe(channel) { inbox.note($0, on: channel) } }
            return subscriber
        }
        return (subscriber, inbox)
    }
}

/// What a subscriber was told.
final class Inbox: Sendable {
    private let noted = Mutex<(messages: [String], gaps: [RedisChannel])>(([], []))

    /// `channel:payload`, in the order of arrival.
    var messages: [String] { noted.withLock { $0.messages } }
    /// Channels, as often as they were subscribed.
    var gaps: [RedisChannel] { noted.withLock { $0.gaps } }

    func note(_ payload: [UInt8], on channel: RedisChannel) {
        noted.withLock { $0.messages.append("\(channel.name):\(String(decoding: payload, as: UTF8.self))") }
    }

    func note(gap channels: [RedisChannel]) { noted.withLock { $0.gaps += channels } }
}

struct NeverHappened: Error {}

/// Waits until `condition` holds.
///
/// - Throws: ``NeverHappened`` if that takes longer than `limit`.
func eventually(within limit: Duration, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverHappened() }
        try await Task.sleep(for: .milliseconds(10))
    }
}
