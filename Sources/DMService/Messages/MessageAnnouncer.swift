internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// Tells sockets what became of messages, and of new ones. Belongs to the loop of its write queue.
///
/// The events of a conversation leave in the order of `seq` and without a gap: what was stored although its answer was lost,
/// or through another process, is read and told before what came after it. When something has to be read for that, the
/// answers to the senders do not wait; a read that fails is tried again until it works.
///
/// `@unchecked Sendable`: confined to its loop.
final class MessageAnnouncer: @unchecked Sendable {
    private struct News {
        let message: Message
        let membersRev: Int64
        var isReplay = false
        var isComplete = false
        /// The socket that it came from, which is answered instead.
        var origin: SocketSession?
    }

    /// What has to be read before a conversation's next message can be told.
    private struct Question {
        /// The messages that lie between this `seq`, if there is one, and `before`.
        let after: Int64?
        let before: Int64
        let since: Timestamp?
    }

    /// Messages that may wait for a read. Of the oldest ones beyond that nobody is told: readers notice by the next one's `prev_rev`.
    private static let limit = 20_000
    /// Between reads that fail.
    private static let pause = Duration.milliseconds(500)

    private let loop: EventLoop
    private let database: Database
    private let profiles: ProfileDirectory
    private let delivery: Delivery
    private var audiences = Audiences()
    private var untold: [News] = []
    private var retry: LoopTimer?

    init(loop: EventLoop, database: Database, profiles: ProfileDirectory, delivery: Delivery) {
        self.loop = loop
        self.database = database
        self.profiles = profiles
        self.delivery = delivery
    }

    func fanout() -> Fanout { Fanout(delivery) }

    func send(_ fanout: consuming Fanout) { delivery.send(fanout) }

    /// Notes that the answer to a message was lost.
    func lost(_ message: PendingMessage) { audiences.lost(message.dedupeKey, of: message.conversation) }

    /// Takes what there is to tell of an outcome, for the next ``announce(with:)``.
    func add(_ outcome: SendOutcome, membersRev: Int64, from origin: SocketSession?) {
        switch outcome {
        case .stored(let message): untold.append(News(message: message, membersRev: membersRev, origin: origin))
        case .replayed(let message): untold.append(News(message: message, membersRev: membersRev, isReplay: true, origin: origin))
        case .refused: break
        }
    }

    /// Sends the answers, and the events of all that has been added.
    func announce(with answers: consuming Fanout) async {
        var fanout = answers
        let questions = tell(&fanout)
        delivery.send(fanout)
        if !questions.isEmpty { await ask(questions) }
    }

    /// Gathers the events that can be told, and returns what has to be read for the others.
    private func tell(_ fanout: inout Fanout) -> [Conversation.ID: Question] {
        var questions: [Conversation.ID: Question] = [:]
        var rest: [News] = []
        for news in untold {
            let message = news.message
            if !questions.isEmpty, questions[message.conversation] != nil {
                rest.append(news)
                continue
            }
            let step = audiences.step(
                message.seq, of: message.conversation, at: news.membersRev, isReplay: news.isReplay, isComplete: news.isComplete)
            switch step {
            case .known: break
            case .tell(let members):
                let event = MessageEvents.new(message)
                for member in members { fanout.add(event, to: member, except: news.origin) }
            case .ask(let after, let since):
                questions[message.conversation] = Question(after: after, before: message.seq, since: since)
                rest.append(news)
            }
        }
        untold = rest
        return questions
    }

    // MARK: Reading

    private func ask(_ questions: [Conversation.ID: Question]) async {
        do {
            let audiences = try await database.query(ActiveParticipants(conversations: Array(questions.keys)))
            let missed = try await missedMessages(questions)  // before anything changes: all of it is asked again if this fails
            for audience in audiences { self.audiences.set(audience.members, of: audience.conversation, at: audience.membersRev) }
            // A conversation that is not there any more has nobody to tell.
            let found = Set(audiences.map(\.conversation))
            untold.removeAll { questions[$0.message.conversation] != nil && !found.contains($0.message.conversation) }
            fill(missed, questions)
        } catch {
            let sqlState = (error as? PostgresError)?.sqlState ?? "none"
            Logger.current.warning("readers of new messages could not be looked up", [.sqlState: sqlState])
            if untold.count > Self.limit { untold.removeFirst(untold.count - Self.limit) }
            return askAgainLater()
        }
        await announce(with: fanout())
    }

    private func missedMessages(_ questions: [Conversation.ID: Question]) async throws -> [Conversation.ID: [Message]] {
        let gaps = questions.compactMap { conversation, question in
            question.after.map { MessagesBetween(conversation: conversation, after: $0, before: question.before) }
        }
        guard !gaps.isEmpty else { return [:] }
        do {
            let rows = try await database.unit(all: gaps).flatMap(\.self)
            return Dictionary(grouping: try await profiles.name(rows.filter { Self.isMissed($0, questions) }), by: \.conversation)
        } catch let error as PostgresError where !error.isUnavailability {
            // It would fail each time. Readers notice the gap by `prev_rev`.
            Logger.current.warning("missed messages could not be read", [.sqlState: error.sqlState ?? "none"])
            return [:]
        }
    }

    /// How far the database's clock may be behind ours.
    private static let clockLeeway = Duration.seconds(60)

    private static func isMissed(_ row: MessageRow, _ questions: [Conversation.ID: Question]) -> Bool {
        guard let since = questions[row.conversation]?.since else { return true }
        return row.sentAt.milliseconds >= since.milliseconds - clockLeeway.milliseconds
    }

    /// Puts what was missed in front of what it was missed by.
    private func fill(_ missed: [Conversation.ID: [Message]], _ questions: [Conversation.ID: Question]) {
        var filled: [News] = []
        filled.reserveCapacity(untold.count)
        for var news in untold {
            let conversation = news.message.conversation
            if let question = questions[conversation], question.before == news.message.seq {
                filled += (missed[conversation] ?? []).map { News(message: $0, membersRev: 0, isComplete: true) }
                news.isComplete = true
            }
            filled.append(news)
        }
        untold = filled
    }

    private func askAgainLater() {
        guard retry == nil else { return }
        retry = loop.schedule(after: Self.pause) { [weak self] in
            guard let self else { return }
            retry = nil
            loop.start { [self] in await announce(with: fanout()) }
        }
    }
}
