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
/// `@unchecked Sendable`: confined to its loop; ``MessageWriter`` brings the messages there.
final class WriteQueue: @unchecked Sendable {
    struct Limits: Sendable {
        /// Messages of one transaction.
        var batch = 256
        /// Messages that may wait. One more is refused: the database is too far behind.
        var waiting = 20_000
        /// Up to so many messages go as single statements, which are cheaper than the batch until there are enough of them.
        var singles = 2
        /// How often a batch is tried before its senders are told to try again, and how long after the first time it still is:
        /// with the database's own deadlines nobody waits longer than five seconds for an answer.
        var attempts = 5
        var patience = Duration.seconds(3)
    }

    private let loop: EventLoop
    private let database: Database
    private let delivery: Delivery
    private let metrics: MessageMetrics
    private let limits: Limits
    private var waiting: [PendingMessage] = []
    private var isWriting = false
    private var audiences = AudienceCache()

    init(loop: EventLoop, database: Database, delivery: Delivery, metrics: MessageMetrics, limits: Limits = Limits()) {
        self.loop = loop
        self.database = database
        self.delivery = delivery
        self.metrics = metrics
        self.limits = limits
    }

    func enqueue(_ message: PendingMessage) {
        guard waiting.count < limits.waiting else { return answer([(message, .refused(.unavailable))]) }
        waiting.append(message)
        guard !isWriting else { return }
        isWriting = true
        loop.atEndOfTick(self)
    }

    /// Writes batch after batch until nothing waits.
    private func drain() async {
        while !waiting.isEmpty {
            let arrived = Array(waiting.prefix(limits.batch))
            waiting.removeFirst(arrived.count)
            let batch = WriteBatch(arrived)
            await publish(batch, await write(batch))
        }
        isWriting = false
    }

    // MARK: The database

    /// Writes a batch, again if it lost a race or the connection.
    ///
    /// - Returns: one result for each entry, or `nil` when the database cannot be reached.
    private func write(_ batch: WriteBatch) async -> [SendResult?] {
        let end = ContinuousClock.now + limits.patience
        for attempt in 1...limits.attempts {
            do {
                let results = try await run(batch)
                metrics.batchSize.observe(Double(batch.entries.count))
                return results
            } catch let error as PostgresError
                where Self.mayBeRepeated(error, batch) && attempt < limits.attempts && ContinuousClock.now < end
            {
                doubt(batch, after: error)
                metrics.repeatedBatches.increment()
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(4 << attempt))))
            } catch {
                doubt(batch, after: error)
                Logger.current.warning("a batch of messages was not written", [.sqlState: (error as? PostgresError)?.sqlState ?? "none"])
                return Self.blamesAMessage(error) ? await writeApart(batch) : Self.unwritten(batch)
            }
        }
        return Self.unwritten(batch)
    }

    /// A lost connection leaves open whether the batch is stored. If it is, its readers are told when it is sent again.
    private func doubt(_ batch: WriteBatch, after error: any Error) {
        if (error as? PostgresError)?.code == .connectionLost { audiences.doubt(batch.conversations) }
    }

    private static func unwritten(_ batch: WriteBatch) -> [SendResult?] { Array(repeating: nil, count: batch.entries.count) }

    /// Whether the database answered, and not for its own sake.
    private static func blamesAMessage(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return error.code == .serverRejected && !error.isConflict && !error.isUnavailability
    }

    /// Writes each message by itself: whatever is wrong with one of them is not to be the others' loss.
    private func writeApart(_ batch: WriteBatch) async -> [SendResult?] {
        var results = Self.unwritten(batch)
        for (index, entry) in batch.entries.enumerated() {
            do {
                results[index] = try await database.one(SendMessage(entry: entry))
            } catch {
                doubt(batch, after: error)
                guard Self.blamesAMessage(error) else { break }
            }
        }
        return results
    }

    private func run(_ batch: WriteBatch) async throws -> [SendResult] {
        guard batch.entries.count <= limits.singles else { return try await database.query(SendMessages(batch: batch)) }
        return try await database.unit(all: batch.entries.map(SendMessage.init(entry:))).flatMap(\.self)
    }

    /// Deadlock, serialization failure, unique violation, lock timeout: nothing was stored. After a lost connection that
    /// is not known, so only a batch whose every message carries a client id, by which a double is noticed, is repeated.
    private static func mayBeRepeated(_ error: PostgresError, _ batch: WriteBatch) -> Bool {
        switch error.code {
        case .serverRejected: error.isConflict || error.isDuplicate || error.isUnavailability
        case .connectionLost: batch.entries.allSatisfy { $0.dedupeKey != nil }
        case .poolTimedOut, .undecodableRow, .unexpectedRowCount, .cancelled: false
        }
    }

    // MARK: Those who wait and those who listen

    /// Tells the senders what became of their messages, and everybody else what there is to read.
    private func publish(_ batch: WriteBatch, _ results: [SendResult?]) async {
        let outcomes = zip(batch.entries, results).map { entry, result in (entry, Self.outcome(of: entry, result)) }
        await refreshAudiences(outcomes, results)
        var fanout = Fanout(delivery)
        for ((entry, outcome), result) in zip(outcomes, results) {
            guard let place = result?.place, let message = news(outcome) else { continue }
            let event = MessageEvents.new(message)
            for member in audiences.tell(message.rev, of: entry.conversation, at: place.membersRev) ?? [] {
                fanout.add(event, to: member, except: entry.waiter.session)
            }
        }
        answer(outcomes, with: fanout)
    }

    /// The message, if its readers have not been told of it.
    private func news(_ outcome: SendOutcome) -> Message? {
        switch outcome {
        case .stored(let message): message
        case .replayed(let message): audiences.isUntold(message.rev, of: message.conversation) ? message : nil
        case .refused: nil
        }
    }

    private static func outcome(of entry: PendingMessage, _ result: SendResult?) -> SendOutcome {
        guard let result else { return .refused(.unavailable) }
        switch (result.verdict, result.place) {
        case (.stored, let place?): return .stored(entry.stored(seq: place.seq, rev: place.rev, sentAt: place.sentAt))
        case (.replayed, let place?): return .replayed(entry.stored(seq: place.seq, rev: place.rev, sentAt: place.sentAt))
        case (.differentReplay, _): return .refused(.differentReplay)
        case (.notAParticipant, _), (_, nil): return .refused(.notAParticipant)
        }
    }

    private func answer(_ outcomes: [(PendingMessage, SendOutcome)]) { answer(outcomes, with: Fanout(delivery)) }

    private func answer(_ outcomes: [(PendingMessage, SendOutcome)], with events: consuming Fanout) {
        var fanout = events
        for (entry, outcome) in outcomes {
            metrics.count(outcome)
            switch entry.waiter {
            case .task(let continuation): continuation.resume(returning: outcome)
            case .socket(let session, let command): fanout.add(Self.frame(outcome, entry, command), to: session)
            }
        }
        delivery.send(fanout)
    }

    private static func frame(_ outcome: SendOutcome, _ entry: PendingMessage, _ command: JSONFragment?) -> [UInt8] {
        switch outcome {
        case .stored(let message), .replayed(let message): MessageEvents.acknowledged(message, command: command)
        case .refused(let refusal): MessageEvents.refused(refusal, clientID: entry.draft.clientID, command: command)
        }
    }

    /// Reads anew who hears of the conversations whose members changed since they were last read.
    private func refreshAudiences(_ outcomes: [(PendingMessage, SendOutcome)], _ results: [SendResult?]) async {
        var stale: [Conversation.ID] = []
        for ((entry, outcome), result) in zip(outcomes, results) where stale.last != entry.conversation {
            if let place = result?.place, news(outcome) != nil, !audiences.isCurrent(entry.conversation, at: place.membersRev) {
                stale.append(entry.conversation)
            }
        }
        guard !stale.isEmpty else { return }
        do {
            for audience in try await database.query(ActiveParticipants(conversations: stale)) {
                audiences.set(audience.members, of: audience.conversation, at: audience.membersRev)
            }
        } catch {
            // The messages are stored; their readers find them when they next catch up.
            Logger.current.warning("readers of new messages could not be looked up")
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
