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
        /// Members whose marks may wait. Beyond that they are refused: the database is too far behind.
        var waiting = 20_000
        /// How often a batch is tried, and how long from its first try.
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
    }

    private let loop: EventLoop
    private let database: Database
    private let announcer: Announcer
    private let metrics: ReceiptMetrics
    private let limits: Limits
    private var wishes: [Key: Wish] = [:]
    /// The keys in the order of their arrival.
    private var order: [Key] = []
    private var gathering: LoopTimer?
    private var isWriting = false

    init(loop: EventLoop, database: Database, announcer: Announcer, metrics: ReceiptMetrics, limits: Limits = Limits()) {
        self.loop = loop
        self.database = database
        self.announcer = announcer
        self.metrics = metrics
        self.limits = limits
    }

    func enqueue(_ mark: PendingMark) {
        metrics.asked.increment()
        let key = Key(conversation: mark.conversation, member: mark.member)
        if wishes[key] == nil {
            guard order.count < limits.waiting else { return refuse([(mark.kind, mark.waiter)]) }
            order.append(key)
        }
        wishes[key, default: Wish(entry: .init(conversation: mark.conversation, member: mark.member))].take(mark)
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
            await publish(batch, await write(batch.map(\.entry)))
        }
        isWriting = false
    }

    // MARK: The database

    /// - Returns: one result for each entry, `nil` in it for who is not in the conversation; `nil` for what could not be written.
    private func write(_ entries: [MarkReceipts.Entry]) async -> [MarkReceipts.Result?]? {
        let end = loop.now + UInt64(limits.patience.milliseconds)
        for attempt in 1...limits.attempts {
            do throws(PostgresError) {
                let results = try await database.query(MarkReceipts(entries: entries))
                guard results.count == entries.count else { throw PostgresError(.unexpectedRowCount) }
                metrics.written.increment(by: UInt64(entries.count))
                return results
            } catch {
                // A mark that was moved already is not moved again: to try once more is always safe.
                guard error.isConflict || error.isUnavailability, attempt < limits.attempts, loop.now < end else {
                    Logger.current.warning("receipts were not written", [.sqlState: error.sqlState ?? "none"])
                    return nil
                }
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(8 << attempt))))
            }
        }
        return nil
    }

    // MARK: Answers

    private func publish(_ batch: [Wish], _ results: [MarkReceipts.Result?]?) async {
        guard let results else { return refuse(batch.flatMap(\.waiters)) }
        var answers = announcer.fanout()
        for (wish, result) in zip(batch, results) {
            guard let result else {
                for (kind, waiter) in wish.waiters { answer(.refused(.notAParticipant), waiter, kind, &answers) }
                continue
            }
            for (kind, waiter) in wish.waiters { answer(.standing(wish.standing(result, kind)), waiter, kind, &answers) }
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
        for (kind, waiter) in waiters { answer(.refused(.unavailable), waiter, kind, &answers) }
        announcer.send(answers)
    }

    private func answer(_ outcome: MarkOutcome, _ waiter: PendingMark.Waiter, _ kind: Receipt.Kind, _ answers: inout Fanout) {
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

    init(_ registry: MetricsRegistry) {
        asked = registry.counter("parley_receipts_asked_total", help: "Marks that devices asked to move.")
        written = registry.counter(
            "parley_receipts_written_total", help: "Marks that were brought to the database; the rest were overtaken.")
    }
}
