/// Which master of a cluster has which slots.
struct SlotMap {
    private var owners = [UInt16](repeating: none, count: HashSlot.count)
    private(set) var masters: [RedisEndpoint] = []

    private static let none = UInt16.max

    /// Knows nothing.
    init() {}

    /// - Parameters:
    ///   - reply: to `CLUSTER SLOTS`: ranges of slots, each with its master first.
    ///   - asked: who answered. A host that is null or empty is theirs.
    init(_ reply: RedisReply, from asked: RedisEndpoint) throws(RedisError) {
        guard case .array(let ranges) = reply else { throw RedisError(.unexpectedReply) }
        for range in ranges {
            guard case .array(let parts) = range, parts.count >= 3, case .array(let master) = parts[2], master.count >= 2,
                let first = HashSlot(try parts[0].decode(Int.self)), let last = HashSlot(try parts[1].decode(Int.self)),
                first.number <= last.number, let port = UInt16(exactly: try master[1].decode(Int.self))
            else { throw RedisError(.unexpectedReply) }
            let host = try master[0].decode(String?.self) ?? ""
            // "?": the node has a name of its own to tell and does not know it.
            guard host != "?" else { continue }
            let owner = index(of: RedisEndpoint(host: host.isEmpty ? asked.host : host, port: port))
            for slot in first.number...last.number { owners[slot] = owner }
        }
        guard !masters.isEmpty else { throw RedisError(.unavailable, explanation: "\(asked): the cluster has no slots") }
    }

    /// Whether every slot has a master.
    var isComplete: Bool { !owners.contains(Self.none) }

    func master(of slot: HashSlot) -> RedisEndpoint? {
        let owner = owners[slot.number]
        return owner == Self.none ? nil : masters[Int(owner)]
    }

    /// A redirection has told where a slot is now.
    mutating func move(_ slot: HashSlot, to endpoint: RedisEndpoint) { owners[slot.number] = index(of: endpoint) }

    private mutating func index(of endpoint: RedisEndpoint) -> UInt16 {
        if let known = masters.firstIndex(of: endpoint) { return UInt16(known) }
        masters.append(endpoint)
        return UInt16(masters.count - 1)
    }
}
