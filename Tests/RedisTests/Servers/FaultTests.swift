import Glibc
import Networking
import Observability
import Redis
import Runtime
import Synchronization
import Testing

/// What happens to callers when Redis is killed, frozen, full, or not Redis: with the product's own limits.
@Suite(.redis, .serialized) struct FaultTests {
    @Test func `when Redis is killed callers are refused at once, and served again by themselves when it is back`() async throws {
        try await RedisServer.use { server in
            let metrics = MetricsRegistry()
            try await TestRedis.use(server.url, loops: 2, patient: false, metrics: metrics) { test in
                for _ in 0..<3 {
                    let callers = Callers(of: test.redis, count: 20)
                    try await Task.sleep(for: .milliseconds(50))
                    server.kill()
                    try await eventually(within: .seconds(1)) { test.redis.health == .unavailable }
                    try await Task.sleep(for: .milliseconds(200))
                    await expectRefusals(by: test)
                    try server.start()
                    try await eventually(within: .seconds(3)) { test.redis.health == .ok }
                    try await test.expectAnswer()
                    let outcomes = await callers.stop()
                    #expect(outcomes.successes > 0)
                    #expect(outcomes.codes.isSubset(of: [.connectionLost, .unavailable]))
                    #expect(outcomes.longest < .seconds(5))
                }
                #expect(String(decoding: metrics.renderPrometheus(), as: UTF8.self).contains("parley_redis_connections_lost_total 6"))
            }
        }
    }

    /// A hundred callers are refused without a wait. On the loop, where no other test is in the way.
    private func expectRefusals(by test: TestRedis) async {
        let (time, errors) = await test.loop.perform {
            let start = ContinuousClock.now
            var errors: [RedisError] = []
            for _ in 0..<100 {
                do throws(RedisError) { _ = try await test.redis.send("PING") } catch { errors.append(error) }
            }
            return (ContinuousClock.now - start, errors)
        }
        #expect(time < .milliseconds(500))
        #expect(errors.count == 100 && errors.allSatisfy { $0.code == .unavailable && $0.explanation != nil })
    }

    @Test func `while Redis is paused a caller waits until the deadline, the next ones not at all; then all goes on`() async throws {
        try await RedisServer.use { server in
            let adjust = { (configuration: inout RedisConfiguration) in
                configuration.commandDeadline = .milliseconds(300)
                configuration.silenceLimit = .seconds(30)
            }
            try await TestRedis.use(server.url, adjust) { test in
                let id = try await test.redis.send("CLIENT", "ID").decode(Int.self)
                try await test.redis.send("CLIENT", "PAUSE", 3000).check()
                let start = ContinuousClock.now
                let error = await #expect(throws: RedisError.self) { try await test.redis.send("SET", "a", "1") }
                let waited = ContinuousClock.now - start
                #expect(error?.code == .timedOut)
                #expect(waited >= .milliseconds(300) && waited < .milliseconds(2500))
                #expect(test.redis.health == .unavailable)
                await expectRefusals(by: test)
                try await eventually(within: .seconds(10)) { test.redis.health == .ok }
                // The write that nobody waited for took effect, and on the same connection answers are still those of their commands.
                #expect(try await test.redis.send("GET", "a").decode(String.self) == "1")
                #expect(try await test.redis.send("CLIENT", "ID").decode(Int.self) == id)
            }
        }
    }

    @Test func `a frozen Redis is noticed without anybody asking, given up, and used again when it goes on`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url, patient: false) { test in
                let (_, inbox) = await test.listen(to: RedisChannel("c"))
                try await eventually(within: .seconds(5)) { inbox.gaps.count == 1 }
                server.signal(SIGSTOP)
                try await eventually(within: .seconds(2)) { test.redis.health == .unavailable }
                try await Task.sleep(for: .seconds(5))
                server.signal(SIGCONT)
                try await eventually(within: .seconds(3)) { test.redis.health == .ok }
                try await test.expectAnswer()
                try await eventually(within: .seconds(3)) { inbox.gaps.count == 2 }
            }
        }
    }

    @Test(arguments: ["redis", "redis+cluster"])
    func `a Redis that is frozen from the start holds up nobody for longer than a deadline`(_ scheme: String) async throws {
        try await RedisServer.use { server in
            server.signal(SIGSTOP)
            let url = "\(scheme)://127.0.0.1:\(server.port)"
            try await TestRedis.use(url, waits: false, { $0.commandDeadline = .milliseconds(300) }) { test in
                let start = ContinuousClock.now
                let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
                let waited = ContinuousClock.now - start
                #expect(error?.code == .unavailable)
                #expect(waited >= .milliseconds(290) && waited < .seconds(2))
            }
        }
    }

    @Test func `where nobody is, callers are refused, and told why`() async throws {
        try await TestRedis.use("redis://127.0.0.1:1", patient: false, waits: false) { test in
            for _ in 0..<2 {
                let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
                #expect(error?.code == .unavailable && error?.explanation == "127.0.0.1:1: Connection refused")
            }
            #expect(test.redis.health == .unavailable)
        }
        try await TestRedis.use("redis://no.such.host.invalid", waits: false) { test in
            let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
            #expect(error?.code == .unavailable && error?.explanation == "no.such.host.invalid: no address is known")
        }
    }

    @Test func `commands beyond the limit are refused at once, and those before them are answered`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url, { $0.queueLimit = 10 }) { test in
                let outcomes = await test.loop.perform {
                    await withTaskGroup(of: RedisError.Code?.self) { callers in
                        for _ in 0..<30 {
                            callers.addTask {
                                do throws(RedisError) {
                                    _ = try await test.redis.send("PING")
                                    return nil
                                } catch {
                                    return error.code
                                }
                            }
                        }
                        return await callers.reduce(into: []) { $0.append($1) }
                    }
                }
                #expect(outcomes.count { $0 == nil } >= 10)
                #expect(outcomes.allSatisfy { $0 == nil || $0 == .unavailable })
                #expect(outcomes.contains(.unavailable))
            }
            try await TestRedis.use(server.url, { $0.queueBytes = 1000 }) { test in
                let error = await #expect(throws: RedisError.self) {
                    try await test.redis.send("SET", "a", [UInt8](repeating: 0, count: 1001))
                }
                #expect(error?.code == .unavailable)
                try await test.redis.send("SET", "a", [UInt8](repeating: 0, count: 900)).check()
            }
        }
    }

    @Test func `a reply beyond the limits costs the connection and no memory`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url, { $0.replyLimits.value = 100_000 }) { test in
                try await test.redis.send("SETRANGE", "large", 2_000_000, "x").check()
                let error = await #expect(throws: RedisError.self) { try await test.redis.send("GET", "large") }
                #expect(error?.code == .connectionLost)
                try await eventually(within: .seconds(5)) { (try? await test.redis.send("PING")) == .status("PONG") }
            }
        }
    }

    @Test func `a server that is no Redis is not talked to for long`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let greeter = Greeter()
        let listener = try await TCPListener(host: "127.0.0.1", port: 0, group: group) { connection in
            connection.handler = greeter
            connection.write(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))
        }
        try await TestRedis.use("redis://127.0.0.1:\(listener.address.port)", patient: false, waits: false) { test in
            let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
            #expect(error?.code == .unavailable)
            try await Task.sleep(for: .seconds(1))
            #expect(greeter.connections < 15, "attempts come with pauses")
        }
        await listener.close()
    }
}

/// A server that greets and then only counts the connections that end.
private final class Greeter: ConnectionHandler, Sendable {
    private let ended = Atomic(0)
    var connections: Int { ended.load(ordering: .relaxed) }

    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {}
    func connectionInputEnded(_ connection: TCPConnection) { connection.finish() }
    func connectionDrained(_ connection: TCPConnection) {}
    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) { ended.wrappingAdd(1, ordering: .relaxed) }
}

/// Many tasks that use Redis without pause, and keep account of how it went.
private final class Callers: Sendable {
    struct Outcomes: Sendable {
        var successes = 0
        var codes: Set<RedisError.Code> = []
        var longest = Duration.zero
    }

    private let outcomes = Mutex(Outcomes())
    private let isStopped = Atomic(false)
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(of redis: Redis, count: Int) {
        let made = (0..<count).map { number in Task { await self.call(redis, "caller \(number)") } }
        tasks.withLock { $0 = made }
    }

    func stop() async -> Outcomes {
        isStopped.store(true, ordering: .relaxed)
        for task in tasks.withLock({ $0 }) { await task.value }
        return outcomes.withLock { $0 }
    }

    private func call(_ redis: Redis, _ text: String) async {
        while !isStopped.load(ordering: .relaxed) {
            let start = ContinuousClock.now
            var failure: RedisError?
            do throws(RedisError) {
                let reply = try await redis.send("ECHO", text)
                if reply != .bytes(Array(text.utf8)) { failure = RedisError(.unexpectedReply) }
            } catch {
                failure = error
            }
            let elapsed = ContinuousClock.now - start
            outcomes.withLock { outcomes in
                outcomes.longest = max(outcomes.longest, elapsed)
                if let failure { outcomes.codes.insert(failure.code) } else { outcomes.successes += 1 }
            }
            if failure != nil { try? await Task.sleep(for: .milliseconds(5)) }
        }
    }
}
