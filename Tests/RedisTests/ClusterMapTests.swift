import Testing

@testable import Redis

@Suite struct ClusterMapTests {
    @Test func `keys fall into slots as the specification says`() {
        #expect(HashSlot(of: Array("123456789".utf8)).number == 0x31C3)
        #expect(HashSlot(of: Array("".utf8)).number == 0)
        #expect(slot("{user1000}.following") == slot("{user1000}.followers"))
        #expect(slot("{user1000}.following") == slot("user1000"))
        #expect(slot("foo{}{bar}") != slot("bar"))
        #expect(slot("foo{{bar}}zap") == slot("{bar"))
        #expect(slot("foo{bar}{zap}") == slot("bar"))
        #expect(slot("foo{bar") != slot("bar"))
    }

    private func slot(_ key: String) -> Int { HashSlot(of: Array(key.utf8)).number }

    private let asked = RedisEndpoint(host: "asked", port: 1)

    private func range(_ first: Int64, _ last: Int64, _ host: RedisReply, _ port: Int64) -> RedisReply {
        .array([.integer(first), .integer(last), .array([host, .integer(port), .bytes(Array("id".utf8)), .array([])])])
    }

    private func host(_ text: String) -> RedisReply { .bytes(Array(text.utf8)) }

    @Test func `the map knows the master of each slot, and learns of moves`() throws {
        var map = try SlotMap(.array([range(0, 99, host("a"), 7000), range(100, 16_382, .null, 7001)]), from: asked)
        #expect(map.masters == [RedisEndpoint(host: "a", port: 7000), RedisEndpoint(host: "asked", port: 7001)])
        #expect(map.master(of: try #require(HashSlot(99))) == RedisEndpoint(host: "a", port: 7000))
        #expect(map.master(of: try #require(HashSlot(100))) == RedisEndpoint(host: "asked", port: 7001))
        #expect(map.master(of: try #require(HashSlot(16_383))) == nil)
        #expect(!map.isComplete)
        map.move(try #require(HashSlot(16_383)), to: RedisEndpoint(host: "b", port: 1))
        #expect(map.isComplete && map.masters.count == 3)
    }

    @Test(arguments: [
        RedisReply.null, .array([]), .array([.integer(1)]),
        .array([.array([.integer(0), .integer(16_384), .array([.null, .integer(1)])])]),
        .array([.array([.integer(5), .integer(4), .array([.null, .integer(1)])])]),
        .array([.array([.integer(0), .integer(1), .array([.null, .integer(65_536)])])]),
        .array([.array([.integer(0), .integer(1), .array([.bytes([0xFF]), .integer(1)])])]),
    ])
    func `what is no map is refused`(_ reply: RedisReply) {
        #expect(throws: RedisError.self) { try SlotMap(reply, from: asked) }
    }

    @Test func `redirections are understood`() throws {
        let slot = try #require(HashSlot(3999))
        #expect(redirection("MOVED 3999 127.0.0.1:6381") == .moved(slot, RedisEndpoint(host: "127.0.0.1", port: 6381)))
        #expect(redirection("MOVED 3999 ::1:6381") == .moved(slot, RedisEndpoint(host: "::1", port: 6381)))
        #expect(redirection("MOVED 3999 :6381") == .moved(slot, RedisEndpoint(host: "asked", port: 6381)))
        #expect(redirection("ASK 3999 h:6381") == .ask(RedisEndpoint(host: "h", port: 6381)))
        #expect(redirection("TRYAGAIN Multiple keys") == .later)
        #expect(redirection("CLUSTERDOWN The cluster is down") == .later)
        for text in ["MOVED", "MOVED x h:1", "MOVED 16384 h:1", "MOVED 1 h", "MOVED 1 h:65536", "ERR MOVED 1 h:1", ""] {
            #expect(redirection(text) == nil, "\(text)")
        }
    }

    private func redirection(_ text: String) -> Redirection? { Redirection(RedisErrorReply(text), from: asked) }
}
