import Redis
import Runtime
import Testing

@Suite(.redis) struct SubscriberTests {
    private let plain = RedisChannel("plain")
    private let sharded = RedisChannel(sharded: "sharded")

    @Test func `messages arrive in their order, on the loop, on the channels that are subscribed`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url) { test in
                let (subscriber, inbox) = await test.listen(to: plain, sharded)
                try await eventually(within: .seconds(10)) { Set(inbox.gaps) == [plain, sharded] }
                #expect(inbox.gaps.count == 2)
                for number in 0..<1000 {
                    test.redis.publish(Array("\(number)".utf8), to: plain)
                    test.redis.publish(Array("\(number)".utf8), to: sharded)
                    test.redis.publish([], to: RedisChannel("other"))
                }
                try await eventually(within: .seconds(10)) { inbox.messages.count == 2000 }
                #expect(inbox.messages.filter { $0.hasPrefix("plain:") } == (0..<1000).map { "plain:\($0)" })
                #expect(inbox.messages.filter { $0.hasPrefix("sharded:") } == (0..<1000).map { "sharded:\($0)" })
                await test.loop.run { _ in
                    subscriber.unsubscribe(plain)
                    subscriber.subscribe(sharded) { inbox.note($0, on: RedisChannel("replaced")) }
                }
                test.redis.publish(Array("more".utf8), to: plain)
                test.redis.publish(Array("more".utf8), to: sharded)
                try await eventually(within: .seconds(10)) { inbox.messages.count > 2000 }
                #expect(inbox.messages[2000...] == ["replaced:more"])
                #expect(inbox.gaps.count == 2)
                await test.loop.run { _ in subscriber.close() }
                #expect(try await numberOfSubscribers(test.redis) == 0)
            }
        }
    }

    private func numberOfSubscribers(_ redis: Redis) async throws -> Int64 {
        var count: Int64 = -1
        try await eventually(within: .seconds(5)) {
            guard case .array(let parts) = try await redis.send("PUBSUB", "SHARDNUMSUB", "sharded"), case .integer(let number) = parts.last
            else { return false }
            count = number
            return number == 0
        }
        return count
    }

    @Test func `after a lost connection channels are subscribed again, and the gap is told`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url) { test in
                let (_, inbox) = await test.listen(to: plain, sharded)
                try await eventually(within: .seconds(10)) { inbox.gaps.count == 2 }
                try await test.redis.send("CLIENT", "KILL", "TYPE", "pubsub").check()
                try await eventually(within: .seconds(5)) { inbox.gaps.count == 4 }
                server.kill()
                try await Task.sleep(for: .milliseconds(100))
                try server.start()
                try await eventually(within: .seconds(5)) { inbox.gaps.count == 6 }
                #expect(Set(inbox.gaps[4...]) == [plain, sharded])
                try await eventually(within: .seconds(5)) { test.redis.health == .ok }
                test.redis.publish(Array("again".utf8), to: sharded)
                try await eventually(within: .seconds(5)) { inbox.messages == ["sharded:again"] }
            }
        }
    }

    @Test func `a channel may be subscribed before Redis is there`() async throws {
        let port = try RedisServer.freePort()
        try await TestRedis.use("redis://127.0.0.1:\(port)", waits: false) { test in
            let (_, inbox) = await test.listen(to: plain)
            try await Task.sleep(for: .milliseconds(200))
            let server = try RedisServer(port: port)
            defer { server.remove() }
            try await eventually(within: .seconds(5)) { inbox.gaps == [plain] && test.redis.health == .ok }
            test.redis.publish(Array("first".utf8), to: plain)
            try await eventually(within: .seconds(5)) { inbox.messages == ["plain:first"] }
        }
    }

    @Test func `a channel that is not allowed disturbs no other`() async throws {
        try await RedisServer.use(["user ann on >secret +@all ~* &plain"]) { server in
            try await TestRedis.use("redis://ann:secret@127.0.0.1:\(server.port)") { test in
                let (_, inbox) = await test.listen(to: RedisChannel("forbidden"), plain)
                try await eventually(within: .seconds(5)) { inbox.gaps == [plain] }
                try await Task.sleep(for: .seconds(1))
                test.redis.publish(Array("hello".utf8), to: plain)
                try await eventually(within: .seconds(5)) { inbox.messages == ["plain:hello"] }
                #expect(inbox.gaps == [plain])
            }
        }
    }
}
