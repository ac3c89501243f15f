internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// The messages of one shard of the conversations on their way to the database. Belongs to its loop.
///
/// While one batch commits, the next one gathers, and it leaves when the first is back: no timer, no added latency when
/// idle, and the busier it gets the cheaper is each message (a commit is shared by all of its batch). A conversation
/// always goes through the same queue of a process, so its messages are stored in the order in which they arrived.
///
/// `@unchecked Sendable`: confined to its loop; ``ConversationWriter`` brings the messages there.
final class WriteQueue: @unchecked Sendable {
    struct Limits: Sendable {
        /// Messages of one transaction.
        var batch = 256
        /// Messages that may wait, and bytes of their texts. Beyond that they are refused: the database is too far behind.
        var waiting = 20_000
        var waitingBytes = 32 << 20
        /// Up to so many messages go as single statements, which are cheaper than the batch until there are enough of them.
        var singles = 2
        /// How often a batch is tried.
        var attempts = 5
        /// How long after its arrival a message may still be tried. With the database's own deadlines nobody waits longer
        /// than five seconds for an answer.
        var patience = Duration.seconds(3)
    }

    private let loop: EventLoop
    private let database: Database
    private let metrics: MessageMetrics
    private let limits: Limits
    private let announcer: Announcer
    private let locks: ConversationLocks
    private var waiting: [Arrival] = []
    private var waitingBytes = 0
    private var isWriting = false

    private struct Arrival {
        let message: PendingMessage
        /// Milliseconds of the loop's clock.
        let at: UInt64
    }

    init(
        loop: EventLoop, database: Database, announcer: Announcer, locks: ConversationLocks, metrics: MessageMetrics,
        limits: Limits = Limits()
    ) {
        self.loop = loop
        self.database = database
        self.announcer = announcer
        self.locks = locks
        self.metrics = metrics
        self.limits = limits
    }

    func enqueue(_ message: PendingMessage) {
        guard waiting.count < limits.waiting, waitingBytes + message.byteCount <= limits.waitingBytes else {
            return refuse([message])
        }
        waiting.append(Arrival(message: message, at: loop.now))
        waitingBytes += message.byteCount
        guard !isWriting else { return }
        isWriting = true
        loop.atEndOfTick(self)
    }

    /// Writes batch after batch until nothing waits.
    private func drain() async {
        while let first = waiting.first {
            let end = first.at + UInt64(limits.patience.milliseconds)
            if loop.now > end {
                // Its time has passed while others were written: the database is far behind.
                refuse(take(waiting.prefix { loop.now > $0.at + UInt64(limits.patience.milliseconds) }.count))
            } else {
                let batch = WriteBatch(take(min(waiting.count, limits.batch)))
                await publish(batch, await write(batch, until: end))
            }
        }
        isWriting = false
    }

    private func take(_ count: Int) -> [PendingMessage] {
        let messages = waiting.prefix(count).map(\.message)
        waiting.removeFirst(count)
        for message in messages { waitingBytes -= message.byteCount }
        return messages
    }

    // MARK: The database

    /// Writes a batch, again if it lost a race or the connection.
    ///
    /// - Returns: one result for each entry, or `nil` for what could not be written in time.
    private func write(_ batch: WriteBatch, until end: UInt64) async -> [SendResult?] {
        for attempt in 1...limits.attempts {
            do throws(PostgresError) {
                let locked = try await locks.stillLocked(among: batch.conversations)
                guard locked.isEmpty else { return await write(batch, without: locked, until: end) }
                let results = try await run(batch)
                metrics.batchSize.observe(Double(batch.entries.count))
                return results
            } catch {
                guard Self.mayBeRepeated(error), attempt < limits.attempts, loop.now < end else {
                    Logger.current.warning("a batch of messages was not written", [.sqlState: error.sqlState ?? "none"])
                    return Self.blamesAMessage(error) ? await writeApart(batch, until: end) : Self.unwritten(batch)
                }
                metrics.repeatedBatches.increment()
                if error.isLockTimeout {
                    await locks.note(among: batch.conversations)
                } else {
                    try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(4 << attempt))))
                }
            }
        }
        return Self.unwritten(batch)
    }

    private static func unwritten(_ batch: WriteBatch) -> [SendResult?] { Array(repeating: nil, count: batch.entries.count) }

    private func run(_ batch: WriteBatch) async throws(PostgresError) -> [SendResult] {
        let results =
            batch.entries.count <= limits.singles
            ? try await database.unit(all: batch.entries.map(SendMessage.init(entry:))).flatMap(\.self)
            : try await database.query(SendMessages(batch: batch))
        // Whoever waits for a result that is not there would wait for ever.
        guard results.count == batch.entries.count else { throw PostgresError(.unexpectedRowCount) }
        return results
    }

    /// Deadlock, serialization failure, unique violation, lock timeout: nothing was stored. After a lost connection that
    /// is not known, but every message has a key by which a double is noticed.
    private static func mayBeRepeated(_ error: PostgresError) -> Bool {
        switch error.code {
        case .serverRejected: error.isConflict || error.isDuplicate || error.isUnavailability
        case .connectionLost: true
        case .poolTimedOut, .undecodableRow, .unexpectedRowCount, .cancelled: false
        }
    }

    /// Whether the database answered, and not for its own sake.
    private static func blamesAMessage(_ error: PostgresError) -> Bool {
        error.code == .serverRejected && !error.isConflict && !error.isUnavailability
    }

    /// Writes each message by itself: whatever is wrong with one of them is not to be the others' loss.
    private func writeApart(_ batch: WriteBatch, until end: UInt64) async -> [SendResult?] {
        var results = Self.unwritten(batch)
        for (index, entry) in batch.entries.enumerated() where loop.now < end {
            do {
                results[index] = try await database.one(SendMessage(entry: entry))
            } catch {
                guard Self.blamesAMessage(error) else { break }
            }
        }
        return results
    }

    // MARK: Locked conversations

    /// Writes what is not for these conversations: one that is locked is not to hold up the others.
    private func write(_ batch: WriteBatch, without locked: Set<Conversation.ID>, until end: UInt64) async -> [SendResult?] {
        let free = batch.entries.indices.filter { !locked.contains(batch.entries[$0].conversation) }
        var results = Self.unwritten(batch)
        guard !free.isEmpty else { return results }
        let written = await write(WriteBatch(free.map { batch.entries[$0] }), until: end)
        for (index, result) in zip(free, written) { results[index] = result }
        return results
    }

    // MARK: Answers

    private func refuse(_ messages: [PendingMessage]) {
        var answers = announcer.fanout()
        for message in messages { answer(message, .refused(.unavailable), &answers) }
        announcer.send(answers)
    }

    /// Tells the senders what became of their messages, and everybody else what there is to read.
    private func publish(_ batch: WriteBatch, _ results: [SendResult?]) async {
        var answers = announcer.fanout()
        for (entry, result) in zip(batch.entries, results) {
            let outcome = Self.outcome(of: entry, result)
            answer(entry, outcome, &answers)
            if let place = result?.place { announcer.add(outcome, membersRev: place.membersRev, from: entry.waiter.session) }
        }
        await announcer.announce(with: answers)
    }

    private static func outcome(of entry: PendingMessage, _ result: SendResult?) -> SendOutcome {
        guard let result else { return .refused(.unavailable) }
        switch (result.verdict, result.place) {
        case (.stored, let place?): return .stored(entry.stored(seq: place.seq, rev: place.rev, sentAt: place.sentAt))
        case (.replayed, let place?): return .replayed(entry.stored(seq: place.seq, rev: place.rev, sentAt: place.sentAt))
        case (.blockedByOther, _): return .refused(.privacy(.notAllowed))
        case (.ownBlock, _): return .refused(.privacy(.ownBlock))
        case (.differentReplay, _): return .refused(.differentReplay)
        case (.notAParticipant, _), (_, nil): return .refused(.notAParticipant)
        }
    }

    private func answer(_ entry: PendingMessage, _ outcome: SendOutcome, _ answers: inout Fanout) {
        metrics.count(outcome)
        switch entry.waiter {
        case .task(let continuation): continuation.resume(returning: outcome)
        case .socket(let session, let command): answers.add(Self.frame(outcome, entry, command), to: session)
        }
    }

    private static func frame(_ outcome: SendOutcome, _ entry: PendingMessage, _ command: JSONFragment?) -> [UInt8] {
        switch outcome {
        case .stored(let message), .replayed(let message): MessageEvents.acknowledged(message, command: command)
        case .refused(let refusal): MessageEvents.refused(refusal, clientID: entry.draft.clientID, command: command)
        }
    }
}

extension WriteQueue: TickParticipant {
    func tickEnded() { loop.start { [self] in await drain() } }
}

extension PendingMessage.Waiter {
    /// The socket that the message came from: it gets the acknowledgement and not the event.
    var session: SocketSession? {
        if case .socket(let session, _) = self { session } else { nil }
    }
}
