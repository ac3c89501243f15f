internal import Crypto
internal import JSON
internal import Observability
internal import Redis
internal import Runtime

/// What this node and the others tell each other of presence, by Redis. Belongs to its loop.
///
/// A member's key holds the nodes that they have sockets at, and lives for as long as a node's word counts: a node that dies without a word is
/// forgotten with it. Changes are told at once on a channel. All that waits leaves in batches, one at a time.
///
/// `@unchecked Sendable`: confined to its loop.
final class PresenceRelay: @unchecked Sendable {
    /// Sharded, so that in a cluster a letter goes to one node of it and not to all.
    static let channel = RedisChannel(sharded: "parley:presence")
    static let typingChannel = RedisChannel(sharded: "parley:typing")
    /// Members of one batch.
    private static let slice = 500

    /// What Redis knows of a member: the nodes, and for how many milliseconds more.
    struct Reading {
        let member: Member.ID
        let nodes: [UniqueID]
        let milliseconds: UInt64
    }

    /// Tells this process's own letters from those of others.
    let node = UniqueID(high: .random(in: 0...(.max)), low: .random(in: 0...(.max)))
    private let redis: Redis
    private let loop: EventLoop
    private let lifetime: Int64
    private let metrics: PresenceMetrics
    /// Whether a member is here, where Redis is to know it.
    private var keys: [Member.ID: Bool] = [:]
    /// What others are to be told. It goes out when the key has been written: whoever reads the key then is not told, and need not be.
    private var words: [Member.ID: PresenceLetter.Word] = [:]
    private var isWriting = false

    /// - Parameter lifetime: milliseconds for which a word counts.
    init(redis: Redis, loop: EventLoop, lifetime: UInt64, metrics: PresenceMetrics) {
        self.redis = redis
        self.loop = loop
        self.lifetime = Int64(lifetime)
        self.metrics = metrics
    }

    private static func key(of member: Member.ID) -> String { "presence:{\(member)}" }

    // MARK: Telling

    /// A member is here.
    func tellHere(_ member: Member.ID) {
        keys[member] = true
        words[member] = PresenceLetter.Word(member: member, milliseconds: UInt32(clamping: lifetime), lastSeen: nil)
    }

    /// A member is still here, which others know.
    func renew(_ member: Member.ID) { if keys[member] == nil { keys[member] = true } }

    /// A member is not here any more.
    ///
    /// - Parameter milliseconds: for how long others are to wait whether they come back elsewhere.
    func tellGone(_ member: Member.ID, since moment: Timestamp, waiting milliseconds: UInt64 = 0) {
        keys[member] = false
        words[member] = PresenceLetter.Word(member: member, milliseconds: UInt32(clamping: milliseconds), lastSeen: moment)
    }

    func tell(_ news: [TypingNotices.News]) {
        for start in stride(from: 0, to: news.count, by: TypingLetter.limit) {
            let slice = Array(news[start..<min(start + TypingLetter.limit, news.count)])
            redis.publish(TypingLetter(node: node, news: slice).bytes, to: Self.typingChannel)
        }
    }

    /// Begins to send what waits, unless that is under way.
    func send() {
        guard !keys.isEmpty, !isWriting else { return }
        loop.start { [self] in await sendAll() }
    }

    /// Sends what waits, and waits until all of it is sent.
    func finish() async {
        while isWriting { try? await Task.sleep(for: .milliseconds(10)) }
        await sendAll()
    }

    private func sendAll() async {
        isWriting = true
        while !keys.isEmpty {
            let slice = Array(keys.prefix(Self.slice))
            var commands: [RedisCommand] = []
            var told: [PresenceLetter.Word] = []
            for (member, isHere) in slice {
                keys[member] = nil
                if let word = words.removeValue(forKey: member) { told.append(word) }
                let key = Self.key(of: member)
                if isHere {
                    commands.append(RedisCommand("SADD", key, node.description))
                    commands.append(RedisCommand("PEXPIRE", key, lifetime))
                } else {
                    commands.append(RedisCommand("SREM", key, node.description))
                }
            }
            do {
                for reply in try await redis.send(commands) { try reply.check() }
            } catch {
                // Who is still here is said again, when Redis is back or at the next renewal; other keys end by themselves.
                metrics.redisFailures.increment()
            }
            if !told.isEmpty { redis.publish(PresenceLetter(node: node, words: told).bytes, to: Self.channel) }
        }
        isWriting = false
    }

    // MARK: Hearing

    /// What Redis knows of some members; `nil` if it cannot be asked.
    func read(_ members: [Member.ID]) async -> [Reading]? {
        var readings: [Reading] = []
        for start in stride(from: 0, to: members.count, by: Self.slice) {
            let slice = members[start..<min(start + Self.slice, members.count)]
            let commands = slice.flatMap { member in
                [RedisCommand("SMEMBERS", Self.key(of: member)), RedisCommand("PTTL", Self.key(of: member))]
            }
            do throws(RedisError) {
                let replies = try await redis.send(commands)
                for (index, member) in slice.enumerated() {
                    let nodes = try replies[2 * index].decode(each: String.self).compactMap(UniqueID.init(_:)).filter { $0 != node }
                    // Negative: the key has just ended, or has no end.
                    let left = try replies[2 * index + 1].decode(Int64.self)
                    if !nodes.isEmpty { readings.append(Reading(member: member, nodes: nodes, milliseconds: UInt64(max(0, left)))) }
                }
            } catch {
                metrics.redisFailures.increment()
                return nil
            }
        }
        return readings
    }

    /// Hands the letters of other nodes to whom they concern.
    ///
    /// - Parameter onGap: called when letters may have been missed, and now come again.
    func listen(
        onPresence: @escaping (PresenceLetter) -> Void, onTyping: @escaping (TypingLetter) -> Void, onGap: @escaping () -> Void
    ) {
        let subscriber = redis.subscriber { channels in if channels.contains(Self.channel) { onGap() } }
        subscriber.subscribe(Self.channel) { [node] payload in
            if let letter = PresenceLetter(payload), letter.node != node { onPresence(letter) }
        }
        subscriber.subscribe(Self.typingChannel) { [node] payload in
            if let letter = TypingLetter(payload), letter.node != node { onTyping(letter) }
        }
    }
}
