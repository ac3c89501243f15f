import Observability
import Redis
import Runtime
import Testing

@Suite(.redis) struct CommandsOnServerTests {
    @Test func `commands are answered, with errors as values`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url) { test in
                let redis = test.redis
                try await redis.send("SET", "greeting", "hello", "PX", 60_000).check()
                #expect(try await redis.send("GET", "greeting").decode(String?.self) == "hello")
                #expect(try await redis.send("GET", "nothing").decode(String?.self) == nil)
                #expect(try await redis.send("INCR", "count").decode(Int.self) == 1)
                let bytes = (0...255).map { UInt8($0) }
                try await redis.send("SET", "bytes", bytes).check()
                #expect(try await redis.send("GET", "bytes").decode([UInt8].self) == bytes)
                #expect(try await redis.send("LPUSH", "greeting", "x") == .error(wrongType))
                let replies = try await redis.send([
                    RedisCommand("RPUSH", "list", "a", "", "c"), RedisCommand("GET", "list"), RedisCommand("LRANGE", "list", 0, -1),
                ])
                #expect(replies == [.integer(3), .error(wrongType), .array(["a", "", "c"].map { .bytes(Array($0.utf8)) })])
            }
        }
    }

    private let wrongType = RedisErrorReply("WRONGTYPE Operation against a key holding the wrong kind of value")

    @Test func `a hundred thousand commands are answered in their order`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url, { $0.queueLimit = 200_000 }) { test in
                let together = try await test.redis.send((1...100_000).map { _ in RedisCommand("INCR", "together") })
                let isInOrder = together == (1...100_000).map { .integer($0) }
                #expect(isInOrder)
                try await test.loop.perform {
                    try await withThrowingTaskGroup(of: (Int, Int).self) { callers in
                        for number in 0..<1000 {
                            callers.addTask {
                                for turn in 0..<100 {
                                    let text = "\(number) \(turn)"
                                    let echo = try await test.redis.send("ECHO", text).decode(String.self)
                                    guard echo == text else { return (number, turn) }
                                }
                                return (number, 100)
                            }
                        }
                        for try await (number, turns) in callers { #expect(turns == 100, "caller \(number)") }
                    }
                }
            }
        }
    }

    @Test func `a value of many megabytes goes and comes back`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url) { test in
                let value = (0..<12 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await test.redis.send("SET", "large", value).check()
                let isSame = try await test.redis.send("GET", "large").decode([UInt8].self) == value
                #expect(isSame)
            }
        }
    }

    @Test func `a script runs whether or not the server knows it`() async throws {
        let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCRBY', KEYS[1], ARGV[1])}")
        try await RedisServer.use { server in
            try await TestRedis.use(server.url) { test in
                for expected in [Int64(5), 10] {
                    let reply = try await test.redis.run(script, keys: ["k"], arguments: [5])
                    #expect(reply == .array([.bytes(Array("k".utf8)), .bytes(Array("5".utf8)), .integer(expected)]))
                }
                try await test.redis.send("SCRIPT", "FLUSH").check()
                let reply = try await test.redis.run(script, keys: ["k"], arguments: [5])
                #expect(reply == .array([.bytes(Array("k".utf8)), .bytes(Array("5".utf8)), .integer(15)]))
                let failed = try await test.redis.run(RedisScript("return redis.error_reply('NOSUCH thing')"), keys: [])
                #expect(throws: RedisError(.serverRejected, kind: "NOSUCH")) { try failed.check() }
            }
        }
    }

    @Test func `each loop has a connection of its own, in the database and under the name that were asked for`() async throws {
        try await RedisServer.use { server in
            let metrics = MetricsRegistry()
            try await TestRedis.use(server.url + "/5", loops: 2, metrics: metrics) { test in
                var ids: Set<Int> = []
                for loop in test.group.loops {
                    let id = try await loop.perform { try await test.redis.send("CLIENT", "ID").decode(Int.self) }
                    ids.insert(id)
                }
                #expect(ids.count == 2)
                let info = try await test.redis.send("CLIENT", "INFO").decode(String.self)
                #expect(info.contains("name=parley") && info.contains("db=5"))
                let text = String(decoding: metrics.renderPrometheus(), as: UTF8.self)
                #expect(text.contains("parley_redis_connections_open 2"))
            }
            #expect(String(decoding: metrics.renderPrometheus(), as: UTF8.self).contains("parley_redis_connections_open 0"))
        }
    }

    @Test func `after the end commands are refused`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url) { test in
                await test.redis.close()
                let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
                #expect(error?.code == .unavailable && test.redis.health == .unavailable)
                test.redis.publish([], to: RedisChannel("c"))
            }
        }
    }
}
