import Observability
import Redis
import Runtime
import Testing

@Suite(.redis, .serialized) struct ClusterTests {
    @Test func `keys go to their nodes, scripts and batches too`() async throws {
        try await TestCluster.use { cluster in
            try await TestRedis.use(cluster.url) { test in
                for number in 0..<300 { #expect(try await test.redis.send("SET", "key \(number)", number) == .status("OK")) }
                let values = try await test.redis.send((0..<300).map { RedisCommand("GET", "key \($0)") })
                #expect(values == (0..<300).map { .bytes(Array("\($0)".utf8)) })
                for node in cluster.nodes { #expect(try await node.send("DBSIZE").decode(Int.self) > 50) }
                let script = RedisScript("return redis.call('INCRBY', KEYS[1], redis.call('INCR', KEYS[2]))")
                for number in 0..<20 {
                    let keys = ["{\(number)}a", "{\(number)}b"]
                    #expect(try await test.redis.run(script, keys: keys) == .integer(1))
                }
            }
        }
    }

    @Test func `a slot that moves is followed, while it moves and after`() async throws {
        try await TestCluster.use { cluster in
            try await TestRedis.use(cluster.url) { test in
                // Slot 0 belongs to the first node.
                let (source, target) = (cluster.nodes[0], cluster.nodes[1])
                let (sourceID, targetID) = (try await source.id(), try await target.id())
                let there = "{06S}there"
                try await test.redis.send("SET", there, "1").check()
                try await target.send("CLUSTER", "SETSLOT", 0, "IMPORTING", sourceID).check()
                try await source.send("CLUSTER", "SETSLOT", 0, "MIGRATING", targetID).check()
                // A key that is not there (any more) is asked for at the target.
                let replies = try await test.redis.send((0..<50).map { RedisCommand("SET", "{06S}\($0)", $0) })
                #expect(replies.allSatisfy { $0 == .status("OK") })
                #expect(try await test.redis.send("GET", there).decode(String.self) == "1")
                try await source.send("MIGRATE", "127.0.0.1", Int(target.server.port), there, 0, 5000).check()
                for node in [target, source, cluster.nodes[2]] { try await node.send("CLUSTER", "SETSLOT", 0, "NODE", targetID).check() }
                #expect(try await test.redis.send("GET", there).decode(String.self) == "1")
                #expect(try await test.redis.send("GET", "{06S}49").decode(String.self) == "49")
                #expect(try await target.send("CLUSTER", "COUNTKEYSINSLOT", 0).decode(Int.self) == 51)
            }
        }
    }

    @Test func `sharded channels are subscribed where their slot is, and follow it`() async throws {
        try await TestCluster.use { cluster in
            try await TestRedis.use(cluster.url) { test in
                let channels = ["06S", "a", "b", "c", "d", "e"].map { RedisChannel(sharded: $0) }
                let (subscriber, inbox) = await test.listen(to: RedisChannel("everywhere"))
                await test.loop.run { _ in
                    for channel in channels { subscriber.subscribe(channel) { inbox.note($0, on: channel) } }
                }
                try await eventually(within: .seconds(10)) { inbox.gaps.count == 7 }
                for channel in channels { test.redis.publish(Array("1".utf8), to: channel) }
                _ = try await cluster.nodes[2].send("PUBLISH", "everywhere", "1")
                try await eventually(within: .seconds(10)) { inbox.messages.count == 7 }
                // The slot moves: the old node lets the subscriber go, and the new one takes it.
                let targetID = try await cluster.nodes[1].id()
                for node in [cluster.nodes[1], cluster.nodes[0], cluster.nodes[2]] {
                    try await node.send("CLUSTER", "SETSLOT", 0, "NODE", targetID).check()
                }
                try await eventually(within: .seconds(10)) { inbox.gaps.count == 8 }
                #expect(inbox.gaps.last == channels[0])
                test.redis.publish(Array("2".utf8), to: channels[0])
                try await eventually(within: .seconds(10)) { inbox.messages.last == "06S:2" }
            }
        }
    }

    @Test func `a dead node makes its keys unavailable and no others`() async throws {
        try await TestCluster.use { cluster in
            try await TestRedis.use(cluster.url, patient: false) { test in
                let keys = (0..<30).map { "key \($0)" }
                for key in keys { try await test.redis.send("SET", key, "1").check() }
                let (_, inbox) = await test.listen(to: RedisChannel("one"), RedisChannel("three"), RedisChannel("eight"))
                try await eventually(within: .seconds(5)) { inbox.gaps.count == 3 }
                cluster.nodes[2].server.kill()
                try await eventually(within: .seconds(2)) { test.redis.health == .degraded }
                var codes: [RedisError.Code?] = []
                for key in keys {
                    do throws(RedisError) {
                        #expect(try await test.redis.send("GET", key).decode(String.self) == "1")
                        codes.append(nil)
                    } catch {
                        codes.append(error.code)
                    }
                }
                #expect(codes.contains(nil) && codes.contains(.unavailable))
                #expect(codes.allSatisfy { $0 == nil || $0 == .unavailable })
                // Channels of all nodes go on by way of those that live.
                try await eventually(within: .seconds(5)) {
                    for name in ["one", "three", "eight"] { _ = try await cluster.nodes[1].send("PUBLISH", name, "1") }
                    return Set(inbox.messages) == ["one:1", "three:1", "eight:1"]
                }
                try cluster.nodes[2].server.start()
                try await eventually(within: .seconds(10)) {
                    guard test.redis.health == .ok else { return false }
                    return (try? await test.redis.send("GET", keys[0]).decode(String?.self)) != nil
                }
            }
        }
    }
}

/// Three masters with a third of the slots each.
private struct TestCluster {
    struct Node {
        let server: RedisServer
        let redis: Redis

        func send(_ name: String, _ arguments: any RedisArgument...) async throws -> RedisReply {
            try await redis.send(RedisCommand(name, arguments: arguments))
        }

        func id() async throws -> String { try await send("CLUSTER", "MYID").decode(String.self) }
    }

    let nodes: [Node]

    var url: String { "redis+cluster://127.0.0.1:\(nodes[0].server.port),127.0.0.1:\(nodes[1].server.port)" }

    static func use(_ body: (TestCluster) async throws -> Void) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        var nodes: [Node] = []
        defer { for node in nodes { node.server.remove() } }
        for _ in 0..<3 {
            let settings = [
                "cluster-enabled yes", "cluster-port \(try RedisServer.freePort())", "cluster-node-timeout 2000",
                "cluster-require-full-coverage no",
            ]
            let server = try RedisServer(settings)
            var configuration = try RedisConfiguration(parsing: server.url)
            configuration.commandDeadline = .seconds(10)
            nodes.append(Node(server: server, redis: try await Redis(configuration, on: group, metrics: MetricsRegistry())))
        }
        let cluster = TestCluster(nodes: nodes)
        let result: Result<Void, any Error>
        do {
            try await cluster.join()
            try await body(cluster)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for node in nodes { await node.redis.close() }
        try result.get()
    }

    private func join() async throws {
        for (index, range) in [(0, 5460), (5461, 10_922), (10_923, 16_383)].enumerated() {
            try await nodes[index].send("CLUSTER", "SET-CONFIG-EPOCH", index + 1).check()
            try await nodes[index].send("CLUSTER", "ADDSLOTSRANGE", range.0, range.1).check()
        }
        for node in nodes[1...] {
            let info = try await node.send("CONFIG", "GET", "cluster-port").decode(each: String.self)
            try await nodes[0].send("CLUSTER", "MEET", "127.0.0.1", Int(node.server.port), info[1]).check()
        }
        for node in nodes {
            try await eventually(within: .seconds(20)) {
                let info = try await node.send("CLUSTER", "INFO").decode(String.self)
                return info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384") && info.contains("cluster_size:3")
            }
        }
    }
}
