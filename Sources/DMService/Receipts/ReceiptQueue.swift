internal import Crypto
internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// The marks of one shard of the conversations on their way to the database. Belongs to its loop.
///
/// Marks come in crowds, one of each reader for each message, and only the last of a reader counts: they gather for a moment, and
/// what gathered is written in one transaction, whose locks it shares with the messages of the same shard.
///
/// `@unchecked Sendable`: confined to its loop; ``ConversationWriter`` brings the marks there.
final class ReceiptQueue: @unchecked Sendable {
    struct Limits: Sendable {
        /// How long a socket's mark may wait for company. A request's waits for nothing.
        var gathering = Duration.milliseconds(50)
        /// Members whose marks go in one transaction: messages wait behind it.
        var batch = 64
        /// Marks that may wait. Beyond that they are refused: the database is too far behind.
        var waiting = 20_000
        /// How often a batch is tried, and how long after its arrival a mark may be.
        var attempts = 5
        var patience = Duration.seconds(3)
    }

    private struct Key: Hashable {
        let conversation: Conversation.ID
        let member: Member.ID
    }

    /// What one member waits for.
    fileprivate struct Wish {
        var entry: MarkReceipts.Entry
        var waiters: [(kind: Receipt.Kind, waiter: PendingMark.Waiter)] = []
        /// When the first of them came, by the loop's clock.
        let at: UInt64
    }

    private let loop: EventLoop
    private let database: Database
    private let announcer: Announcer
    private let locks: ConversationLocks
    private let metrics: ReceiptMetrics
    private let limits: Limits
    private var wishes: [Key: Wish] = [:]
    /// The keys in the order of their arrival.
    private var order: [Key] = []
    private var waiting = 0
    private var gathering: LoopTimer?
    private var isWriting = false

    init(
        loop: EventLoop, database: Database, announcer: Announcer, locks: ConversationLocks, metrics: ReceiptMetrics,
        limits: Limits = Limits()
    ) {
        self.loop = loop
        self.database = database
        self.announcer = announcer
        self.locks = locks
        self.metrics = metrics
        self.limits = limits
    }

    func enqueue(_ mark: PendingMark) {
        metrics.asked.increment()
        guard waiting < limits.waiting else { return refuse([(mark.kind, mark.waiter)]) }
        waiting += 1
        let key = Key(conversation: mark.conversation, member: mark.member)
        if wishes[key] == nil { order.append(key) }
        wishes[key, default: Wish(entry: .init(conversation: mark.conversation, member: mark.member), at: loop.now)].take(mark)
        guard !isWriting else { return }
        if case .task = mark.waiter {
            gathering?.cancel()
            gathering = nil
            begin()
        } else if gathering == nil {
            gathering = loop.schedule(after: limits.gathering) { [weak self] in
                self?.gathering = nil
                self?.begin()
            }
        }
    }

    private func begin() {
        guard !isWriting else { return }
        isWriting = true
        loop.atEndOfTick(self)
    }

    /// Writes batch after batch until nothing waits.
    private func drain() async {
        while !order.isEmpty {
            let batch = order.prefix(limits.batch).compactMap { wishes.removeValue(forKey: $0) }
                .sorted { ($0.entry.conversation, $0.entry.member) < ($1.entry.conversation, $1.entry.member) }
            order.removeFirst(batch.count)
            waiting -= batch.reduce(0) { $0 + $1.waiters.count }
            let oldest = batch.map(\.at).min() ?? loop.now
            await publish(batch, await write(batch.map(\.entry), until: oldest + UInt64(limits.patience.milliseconds)))
        }
        isWriting = false
    }

    // MARK: The database

    /// Writes a batch, again if it lost a race or the connection.
    ///
    /// - Returns: one outcome for each entry, or `nil` for what could not be written in time.
    private func write(_ entries: [MarkReceipts.Entry], until end: UInt64) async -> [MarkReceipts.Outcome?] {
        let unwritten: [MarkReceipts.Outcome?] = Array(repeating: nil, count: entries.count)
        guard !entries.isEmpty, loop.now < end else { return unwritten }
        let conversations = entries.map(\.conversation)
        for attempt in 1...limits.attempts {
            do throws(PostgresError) {
                let locked = try await locks.stillLocked(among: conversations)
                guard locked.isEmpty else { return await write(entries, without: locked, until: end) }
                let results = try await database.query(MarkReceipts(entries: entries))
                guard results.count == entries.count else { throw PostgresError(.unexpectedRowCount) }
                metrics.written.increment(by: UInt64(entries.count))
                return results
            } catch {
                // A mark that was moved already is not moved again: to try once more is always safe.
                guard error.isConflict || error.isUnavailability, attempt < limits.attempts, loop.now < end else {
                    Logger.current.warning("receipts were not written", [.sqlState: error.sqlState ?? "none"])
                    return unwritten
                }
                metrics.repeatedBatches.increment()
                if error.isLockTimeout {
                    await locks.note(among: conversations)
                } else {
                    try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(8 << attempt))))
                }
            }
        }
        return unwritten
    }

    /// Writes what is not for these conversations.
    private func write(
        _ entries: [MarkReceipts.Entry], without locked: Set<Conversation.ID>, until end: UInt64
    ) async -> [MarkReceipts.Outcome?] {
        let free = entries.filter { !locked.contains($0.conversation) }
        var written = await write(free, until: end)[...]
        return entries.map { locked.contains($0.conversation) ? nil : written.removeFirst() }
    }

    // MARK: Answers

    private func publish(_ batch: [Wish], _ outcomes: [MarkReceipts.Outcome?]) async {
        var answers = announcer.fanout()
        for (wish, outcome) in zip(batch, outcomes) {
            guard case .standing(let result)? = outcome else {
                let refusal: MarkRefusal = outcome == nil ? .unavailable : .notAParticipant
                for (_, waiter) in wish.waiters { answer(.refused(refusal), waiter, &answers) }
                continue
            }
            for (kind, waiter) in wish.waiters { answer(.standing(wish.standing(result, kind)), waiter, &answers) }
            if let receipt = wish.publicReceipt(result) { announcer.add(receipt, membersRev: result.membersRev) }
            if result.readMoved, !result.sharedMoved {
                let origin = wish.waiters.lazy.compactMap(\.waiter.session).first
                answers.add(Frame(whole: ReceiptEvents.own(wish.standing(result, .read))), to: wish.entry.member, except: origin)
            }
        }
        await announcer.announce(with: answers)
    }

    private func refuse(_ waiters: [(kind: Receipt.Kind, waiter: PendingMark.Waiter)]) {
        var answers = announcer.fanout()
        for (_, waiter) in waiters { answer(.refused(.unavailable), waiter, &answers) }
        announcer.send(answers)
    }

    private func answer(_ outcome: MarkOutcome, _ waiter: PendingMark.Waiter, _ answers: inout Fanout) {
        switch waiter {
        case .task(let continuation): continuation.resume(returning: outcome)
        case .socket(let session, let command):
            switch outcome {
            case .standing(let standing): answers.add(ReceiptEvents.own(standing, to: command), to: session)
            case .refused(let refusal): answers.add(SocketFrame.error(refusal.httpError, to: command), to: session)
            }
        }
    }
}

extension ReceiptQueue: TickParticipant {
    func tickEnded() { loop.start { [self] in await drain() } }
}

extension ReceiptQueue.Wish {
    fileprivate mutating func take(_ mark: PendingMark) {
        switch mark.kind {
        case .read: entry.read = max(entry.read, mark.seq)
        case .delivered: entry.delivered = max(entry.delivered, mark.seq)
        }
        waiters.append((mark.kind, mark.waiter))
    }

    /// The member's own view: their read mark shows, whether or not others see it.
    fileprivate func standing(_ result: MarkReceipts.Result, _ kind: Receipt.Kind) -> Standing {
        let receipt = Receipt(
            conversation: entry.conversation, member: entry.member, kind: kind, read: result.read, delivered: result.delivered,
            rev: result.rev ?? 0, at: result.at)
        return Standing(kind: kind, receipt: receipt, ownRev: result.ownRev)
    }

    /// What everybody hears; `nil` when nothing moved that others see.
    fileprivate func publicReceipt(_ result: MarkReceipts.Result) -> Receipt? {
        guard let rev = result.rev else { return nil }
        return Receipt(
            conversation: entry.conversation, member: entry.member, kind: result.sharedMoved ? .read : .delivered,
            read: result.sharedMoved ? result.shared : nil, delivered: result.delivered, rev: rev, at: result.at)
    }
}

extension PendingMark.Waiter {
    /// The socket that the mark came from.
    fileprivate var session: SocketSession? {
        if case .socket(let session, _) = self { session } else { nil }
    }
}

/// What operators see of receipts.
struct ReceiptMetrics: Sendable {
    let asked: Counter
    let written: Counter
    let repeatedBatches: Counter

    init(_ registry: MetricsRegistry) {
        asked = registry.counter("parley_receipts_asked_total", help: "Marks that devices asked to move.")
        written = registry.counter(
            "parley_receipts_written_total", help: "Marks that were brought to the database; the rest were overtaken.")
        repeatedBatches = registry.counter(
            "parley_receipt_batches_repeated_total",
            help: "Batches of marks that were tried again: for a lock, a deadlock or a lost connection.")
    }
}
