internal import Crypto
internal import JSON
internal import Observability
internal import Redis
internal import Runtime

/// Tells the other processes through Redis, at once, which conversations changed, and hears it from them.
///
/// A hint says where to look, not what happened: who hears it reads the database, which is the truth. So a hint that is lost costs half a
/// second, until ``ChangeWatch`` finds the same, and one that comes twice or late costs nothing. Nor does one of another service that shares
/// the Redis: its conversations are not found.
struct Hints: Sendable {
    /// One for all. Sharded, so that in a cluster a hint goes to one node and not to all of them.
    private static let channel = RedisChannel(sharded: "parley:changes")

    let redis: Redis
    /// Tells this process's own hints from those of others.
    private let node = UniqueID(high: .random(in: 0...(.max)), low: .random(in: 0...(.max)))

    init(redis: Redis) { self.redis = redis }

    func publish(_ changes: [ConversationChange]) {
        for start in stride(from: 0, to: changes.count, by: HintLetter.limit) {
            let part = changes[start..<min(start + HintLetter.limit, changes.count)]
            redis.publish(HintLetter(node: node, changes: Array(part)).bytes, to: Self.channel)
        }
    }

    /// Hands the hints of others to `writer` from now on.
    func listen(on loop: EventLoop, for writer: ConversationWriter) async {
        await loop.run { [redis, node] _ in
            redis.subscriber().subscribe(Self.channel) { payload in
                guard let letter = HintLetter(payload) else {
                    Logger.current.warning("a hint of another process could not be read")
                    return
                }
                if letter.node != node { writer.catchUp(letter.changes) }
            }
        }
    }
}

/// A hint as it travels: who sent it, and 40 bytes for each change, all numbers big-endian.
package struct HintLetter {
    let node: UniqueID
    let changes: [ConversationChange]

    /// Changes of one letter.
    static let limit = 1_024

    init(node: UniqueID, changes: [ConversationChange]) {
        self.node = node
        self.changes = changes
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + 40 * changes.count)
        func append(_ number: UInt64) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
        append(node.high)
        append(node.low)
        for change in changes {
            append(change.conversation.value.high)
            append(change.conversation.value.low)
            for number in [change.first, change.last, change.membersRev] { append(UInt64(bitPattern: number)) }
        }
        return bytes
    }

    /// Reads ``bytes``; `nil` for anything else.
    package init?(_ bytes: [UInt8]) {
        let count = (bytes.count - 16) / 40
        guard bytes.count == 16 + 40 * count, 1...Self.limit ~= count else { return nil }
        func number(_ place: Int) -> UInt64 { bytes[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        node = UniqueID(high: number(0), low: number(8))
        var changes: [ConversationChange] = []
        for start in stride(from: 16, to: bytes.count, by: 40) {
            let change = ConversationChange(
                conversation: Conversation.ID(UniqueID(high: number(start), low: number(start + 8))),
                first: Int64(bitPattern: number(start + 16)), last: Int64(bitPattern: number(start + 24)),
                membersRev: Int64(bitPattern: number(start + 32)))
            guard change.first > 0, change.last >= change.first, change.last < .max, change.membersRev >= 0 else { return nil }
            changes.append(change)
        }
        self.changes = changes
    }
}
