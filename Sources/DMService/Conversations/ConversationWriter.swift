internal import Crypto
internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// The one way in which what all of a conversation see gets into the database: to the queues of its shard.
struct ConversationWriter: Sendable {
    /// One for every two loops: at a middling load a queue that gets more gathers more while it commits, and a message that shares its
    /// commit costs less. `Benchmarks/README.md` has the figures.
    private let shards: [Shard]

    private struct Shard: Sendable {
        let loop: EventLoop
        let announcer: Announcer
        let messages: WriteQueue
        let receipts: ReceiptQueue
    }

    init(
        group: EventLoopGroup, database: Database, profiles: ProfileDirectory, delivery: Delivery, hints: Hints?, registry: MetricsRegistry
    ) {
        let messageMetrics = MessageMetrics(registry)
        let receiptMetrics = ReceiptMetrics(registry)
        shards = group.loops.prefix(Self.queueCount(loops: group.loops.count)).map { loop in
            // One for both: it tells everything of a conversation in the order in which it was written.
            let announcer = Announcer(loop: loop, database: database, profiles: profiles, delivery: delivery, hints: hints)
            let locks = ConversationLocks(database: database)
            return Shard(
                loop: loop, announcer: announcer,
                messages: WriteQueue(loop: loop, database: database, announcer: announcer, locks: locks, metrics: messageMetrics),
                receipts: ReceiptQueue(loop: loop, database: database, announcer: announcer, locks: locks, metrics: receiptMetrics))
        }
    }

    /// How many of the loops have queues, the first ones.
    static func queueCount(loops: Int) -> Int { max(1, loops / 2) }

    /// Puts a message into its queue. Its waiter is told when it is stored, or why not.
    func submit(_ message: PendingMessage) {
        on(shard(of: message.conversation)) { $0.messages.enqueue(message) }
    }

    /// Puts a mark into its queue. Its waiter is told where the marks stand then, or why it was not moved.
    func submit(_ mark: PendingMark) {
        on(shard(of: mark.conversation)) { $0.receipts.enqueue(mark) }
    }

    /// Tells of changes that other processes wrote, or that were never told.
    ///
    /// - Parameter horizon: everything that was written before it is among them, or was before; `nil` if that is not known.
    func catchUp(_ changes: [ConversationChange], horizon: Timestamp? = nil) {
        let parts = Dictionary(grouping: changes) { index(of: $0.conversation) }
        for (index, shard) in shards.enumerated() {
            let part = parts[index] ?? []
            if part.isEmpty, horizon == nil { continue }
            on(shard) { shard in shard.loop.start { await shard.announcer.catchUp(part, horizon: horizon) } }
        }
    }

    private func index(of conversation: Conversation.ID) -> Int { Int(conversation.value.low % UInt64(shards.count)) }

    private func shard(of conversation: Conversation.ID) -> Shard { shards[index(of: conversation)] }

    private func on(_ shard: Shard, _ body: @escaping @Sendable (Shard) -> Void) {
        if shard.loop.isCurrent { body(shard) } else { shard.loop.post { body(shard) } }
    }

    /// Writes a message and answers when it is stored.
    func write(_ draft: Message.Draft, to conversation: Conversation.ID, from sender: Profile) async -> SendOutcome {
        await withCheckedContinuation { continuation in
            submit(PendingMessage(draft, to: conversation, from: sender, waiter: .task(continuation)))
        }
    }
}
