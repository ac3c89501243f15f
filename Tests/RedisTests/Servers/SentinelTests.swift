import Observability
import Redis
import Runtime
import Testing

@Suite(.redis) struct SentinelTests {
    @Test func `when the master dies its successor is found, by commands and subscribers`() async throws {
        let master = try RedisServer(["requirepass secret", "masterauth secret"])
        defer { master.remove() }
        let replica = try RedisServer([
            "requirepass secret", "masterauth secret", "replicaof 127.0.0.1 \(master.port)", "repl-diskless-sync-delay 0",
        ])
        defer { replica.remove() }
        let sentinel = try RedisServer(
            [
                "sentinel monitor main 127.0.0.1 \(master.port) 1", "sentinel auth-pass main secret",
                "sentinel down-after-milliseconds main 500",
                "sentinel failover-timeout main 2000",
            ], sentinel: true)
        defer { sentinel.remove() }
        try await waitUntilReplicated(from: master, knownTo: sentinel)
        let url = "redis+sentinel://:secret@127.0.0.1:1,127.0.0.1:\(sentinel.port)/main"
        try await TestRedis.use(url) { test in
            try await test.redis.send("SET", "who", "the first").check()
            #expect(try await test.redis.send("WAIT", 1, 5000).decode(Int.self) == 1)
            let channel = RedisChannel(sharded: "c")
            let (_, inbox) = await test.listen(to: channel)
            try await eventually(within: .seconds(5)) { inbox.gaps.count == 1 }
            master.kill()
            try await eventually(within: .seconds(30)) {
                (try? await test.redis.send("SET", "who", "the second")) == .status("OK")
            }
            try await eventually(within: .seconds(10)) { inbox.gaps.count == 2 && test.redis.health == .ok }
            test.redis.publish(Array("hello".utf8), to: channel)
            try await eventually(within: .seconds(5)) { inbox.messages == ["c:hello"] }
            #expect(try await test.redis.send("CONFIG", "GET", "port").decode(each: String.self) == ["port", "\(replica.port)"])
        }
    }

    @Test func `a master that the sentinels do not know is not found`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use("redis+sentinel://127.0.0.1:\(server.port)/main", waits: false) { test in
                let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
                #expect(error?.code == .unavailable)
                #expect(error?.explanation?.contains("main") == true)
            }
        }
    }

    @Test func `a master that says it is none is not used, and sentinels may want a password of their own`() async throws {
        try await RedisServer.use(["replicaof 127.0.0.1 1"]) { server in
            let sentinel = try RedisServer(["requirepass watch", "sentinel monitor main 127.0.0.1 \(server.port) 1"], sentinel: true)
            defer { sentinel.remove() }
            let url = "redis+sentinel://127.0.0.1:\(sentinel.port)/main"
            for (query, reason) in [("", "NOAUTH"), ("?sentinel_password=wrong", "WRONGPASS"), ("?sentinel_password=watch", "is none")] {
                try await TestRedis.use(url + query, waits: false) { test in
                    let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
                    #expect(error?.code == .unavailable && error.map { "\($0)".contains(reason) } == true, "\(reason)")
                }
            }
        }
    }

    @Test func `a master that becomes a replica is left at its first refusal to write`() async throws {
        try await RedisServer.use { server in
            try await TestRedis.use(server.url) { test in
                let id = try await test.redis.send("CLIENT", "ID").decode(Int.self)
                try await Task.sleep(for: .seconds(1.1))
                try await test.redis.send("REPLICAOF", "127.0.0.1", 1).check()
                let reply = try await test.redis.send("SET", "a", "1")
                let error = #expect(throws: RedisError.self) { try reply.check() }
                #expect(error?.kind == "READONLY" && error?.isUnavailability == true)
                try await eventually(within: .seconds(5)) {
                    guard let new = try? await test.redis.send("CLIENT", "ID").decode(Int.self) else { return false }
                    return new != id
                }
            }
        }
    }

    private func waitUntilReplicated(from master: RedisServer, knownTo sentinel: RedisServer) async throws {
        try await TestRedis.use("redis://:secret@127.0.0.1:\(master.port)") { test in
            try await eventually(within: .seconds(20)) {
                try await test.redis.send("INFO", "replication").decode(String.self).contains("state=online")
            }
        }
        try await TestRedis.use(sentinel.url) { test in
            try await eventually(within: .seconds(20)) {
                let info = try await test.redis.send("INFO", "sentinel").decode(String.self)
                return info.contains("status=ok") && info.contains("slaves=1")
            }
        }
    }
}
