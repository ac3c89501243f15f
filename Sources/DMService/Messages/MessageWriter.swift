internal import Crypto
internal import Postgres
internal import Runtime

/// The one way in which messages get into the database: to the queue of their conversation's shard.
struct MessageWriter: Sendable {
    /// One for every two loops: at a middling load a queue that gets more gathers more while it commits, and a message that shares its
    /// commit costs less. `Benchmarks/README.md` has the figures.
    private let queues: [Shard]

    private struct Shard: Sendable {
        let loop: EventLoop
        let queue: WriteQueue
    }

    init(group: EventLoopGroup, database: Database, profiles: ProfileDirectory, delivery: Delivery, metrics: MessageMetrics) {
        queues = group.loops.prefix(Self.queueCount(loops: group.loops.count)).map { loop in
            let announcer = MessageAnnouncer(loop: loop, database: database, profiles: profiles, delivery: delivery)
            return Shard(loop: loop, queue: WriteQueue(loop: loop, database: database, announcer: announcer, metrics: metrics))
        }
    }

    /// How many of the loops have a queue, the first ones.
    static func queueCount(loops: Int) -> Int { max(1, loops / 2) }

    /// Puts a message into its queue. Its waiter is told when it is stored, or why not.
    func submit(_ message: PendingMessage) {
        let shard = queues[Int(message.conversation.value.low % UInt64(queues.count))]
        if shard.loop.isCurrent {
            shard.queue.enqueue(message)
        } else {
            shard.loop.post { shard.queue.enqueue(message) }
        }
    }

    /// Writes a message and answers when it is stored.
    func write(_ draft: Message.Draft, to conversation: Conversation.ID, from sender: Profile) async -> SendOutcome {
        await withCheckedContinuation { continuation in
            submit(PendingMessage(draft, to: conversation, from: sender, waiter: .task(continuation)))
        }
    }
}
