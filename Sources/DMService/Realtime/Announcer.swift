internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// Tells sockets what happened in conversations, and what became of their own commands. Belongs to the loop of a shard's queues.
///
/// The events of a conversation leave in the order of `rev` and without a gap: what was stored although its answer was lost,
/// or through another process, is read and told before what came after it. When something has to be read for that, the
/// answers to the senders do not wait; a read that fails is tried again until it works.
///
/// `@unchecked Sendable`: confined to its loop.
final class Announcer: @unchecked Sendable {
    /// Something that everybody in a conversation may see. It moved the conversation's `rev`.
    fileprivate enum Happening {
        case message(Message)
        case receipt(Receipt)
        /// Found in the log of changes, and not read yet.
        case unread(ConversationChange)
    }

    fileprivate struct News {
        var happening: Happening
        var membersRev: Int64
        var isReplay = false
        var isComplete = false
        /// Whether it was read from the database: then it may have been written elsewhere, and is no news to other processes.
        var isRead = false
        /// Whether what came before it could not be read: then its readers are to notice.
        var isGap = false
        /// The socket that it came from, which is answered instead.
        var origin: SocketSession?
    }

    /// What has to be read before a conversation's next event can be told.
    private struct Question {
        /// What happened between this `rev`, if there is one, and `before`.
        let after: Int64?
        let before: Int64
        let since: Timestamp?
    }

    /// Events that may wait for a read. Of the oldest ones beyond that nobody is told: readers notice by the next one's `prev_rev`.
    private static let limit = 20_000
    /// Changes that are looked into at once: messages wait behind the reading.
    private static let slice = 100
    /// Between reads that fail.
    private static let pause = Duration.milliseconds(500)

    private let loop: EventLoop
    private let database: Database
    private let profiles: ProfileDirectory
    private let delivery: Delivery
    private let hints: Hints?
    private var audiences: Audiences
    private var untold: [News] = []
    /// Changes that are to be looked into.
    private var unread: [ConversationChange] = []
    /// What was told in this round and written here.
    private var told: [ConversationChange] = []
    private var retry: LoopTimer?
    private var isCatchingUp = false

    /// - Parameter hints: tells other processes; `nil` where there are none, or they find out by themselves.
    init(loop: EventLoop, database: Database, profiles: ProfileDirectory, delivery: Delivery, hints: Hints? = nil) {
        self.loop = loop
        self.database = database
        self.profiles = profiles
        self.delivery = delivery
        self.hints = hints
        // Until the database has said what time it has.
        audiences = Audiences(horizon: Timestamp(milliseconds: Timestamp.now.milliseconds - Self.clockLeeway.milliseconds))
    }

    func fanout() -> Fanout { Fanout(delivery) }

    func send(_ fanout: consuming Fanout) { delivery.send(fanout) }

    /// Takes what there is to tell of an outcome, for the next ``announce(with:)``.
    func add(_ outcome: SendOutcome, membersRev: Int64, from origin: SocketSession?) {
        switch outcome {
        case .stored(let message): untold.append(News(happening: .message(message), membersRev: membersRev, origin: origin))
        case .replayed(let message):
            untold.append(News(happening: .message(message), membersRev: membersRev, isReplay: true, origin: origin))
        case .refused: break
        }
    }

    /// Takes a mark that moved, for the next ``announce(with:)``.
    func add(_ receipt: Receipt, membersRev: Int64) {
        untold.append(News(happening: .receipt(receipt), membersRev: membersRev))
    }

    /// Tells of changes that this process may know nothing about.
    ///
    /// - Parameter horizon: everything that was written before it is among them, or was before; `nil` to leave it as it is.
    func catchUp(_ changes: [ConversationChange], horizon: Timestamp? = nil) async {
        if let horizon { audiences.horizon = horizon }
        unread += changes
        // While some are read the next ones gather.
        guard !isCatchingUp else { return }
        isCatchingUp = true
        while !unread.isEmpty {
            untold += unread.prefix(Self.slice).map { News(happening: .unread($0), membersRev: $0.membersRev) }
            unread.removeFirst(min(unread.count, Self.slice))
            await announce(with: fanout())
        }
        isCatchingUp = false
    }

    /// Sends the answers, and the events of all that has been added.
    func announce(with answers: consuming Fanout) async {
        var fanout = answers
        let questions = tell(&fanout)
        delivery.send(fanout)
        hints?.publish(told)
        told.removeAll(keepingCapacity: true)
        if !questions.isEmpty { await ask(questions) }
    }

    /// Gathers the events that can be told, and returns what has to be read for the others.
    private func tell(_ fanout: inout Fanout) -> [Conversation.ID: Question] {
        var questions: [Conversation.ID: Question] = [:]
        var rest: [News] = []
        for news in untold {
            let conversation = news.conversation
            if !questions.isEmpty, questions[conversation] != nil {
                rest.append(news)
                continue
            }
            switch step(of: news) {
            case .known: break
            case .tell(let members, let shown):
                guard let event = news.event(after: shown) else { continue }
                if hints != nil, !news.isRead { noteTold(news) }
                for member in members { fanout.add(event, to: member, except: news.origin) }
            case .ask(let after, let since):
                questions[conversation] = Question(after: after, before: news.end, since: since)
                rest.append(news)
            }
        }
        untold = rest
        return questions
    }

    /// Keeps in mind what other processes are to be told of: one hint for each conversation of a batch.
    private func noteTold(_ news: News) {
        if let last = told.last, last.conversation == news.conversation, news.rev == last.last + 1 {
            told[told.count - 1] = ConversationChange(
                conversation: last.conversation, first: last.first, last: news.rev, membersRev: max(last.membersRev, news.membersRev))
        } else {
            told.append(
                ConversationChange(conversation: news.conversation, first: news.rev, last: news.rev, membersRev: news.membersRev))
        }
    }

    private func step(of news: News) -> Audiences.Step {
        guard case .unread(let change) = news.happening else {
            return audiences.step(
                news.rev, of: news.conversation, at: news.membersRev, writtenAt: news.happening.writtenAt, isReplay: news.isReplay,
                isComplete: news.isComplete)
        }
        let step = news.isComplete ? .known : audiences.catchUp(change) { [delivery] in delivery.directory.loops(of: $0) != 0 }
        if step == .known { audiences.skip(to: change.last, of: change.conversation, isGap: news.isGap) }
        return step
    }

    // MARK: Reading

    private func ask(_ questions: [Conversation.ID: Question]) async {
        do {
            let audiences = try await database.query(ActiveParticipants(conversations: Array(questions.keys)))
            let missed = try await missed(questions)  // before anything changes: all of it is asked again if this fails
            for audience in audiences { self.audiences.set(audience.members, of: audience.conversation, at: audience.membersRev) }
            // A conversation that is not there any more has nobody to tell.
            let found = Set(audiences.map(\.conversation))
            untold.removeAll { questions[$0.conversation] != nil && !found.contains($0.conversation) }
            fill(missed, questions)
            trust(audiences)
        } catch {
            let sqlState = (error as? PostgresError)?.sqlState ?? "none"
            Logger.current.warning("who is to hear of new events could not be looked up", [.sqlState: sqlState])
            if untold.count > Self.limit { untold.removeFirst(untold.count - Self.limit) }
            return askAgainLater()
        }
        await announce(with: fanout())
    }

    /// What happened in the gaps, in the order of `rev`; `nil` if that cannot be read.
    private func missed(_ questions: [Conversation.ID: Question]) async throws -> [Conversation.ID: [Happening]]? {
        let gaps = questions.compactMap { conversation, question in
            question.after.map { RevGap(conversation: conversation, after: $0, before: question.before) }
        }
        guard !gaps.isEmpty else { return [:] }
        do {
            let rows = try await database.unit(all: gaps.map(MessagesBetween.init(gap:))).flatMap(\.self)
            let receipts = try await database.unit(all: gaps.map(ReceiptsBetween.init(gap:))).flatMap(\.self)
            let happenings = try await profiles.name(rows).map(Happening.message) + receipts.map(Happening.receipt)
            let owed = happenings.filter { happening in
                questions[happening.conversation]?.since.map { happening.writtenAt >= $0 } ?? true
            }
            return Dictionary(grouping: owed.sorted { $0.rev < $1.rev }, by: \.conversation)
        } catch let error as PostgresError where !error.isUnavailability {
            // It would fail each time. Readers notice the gap by `prev_rev`.
            Logger.current.warning("missed events could not be read", [.sqlState: error.sqlState ?? "none"])
            return nil
        }
    }

    /// How far the database's clock may be behind ours.
    private static let clockLeeway = Duration.seconds(60)

    /// Puts what was missed in front of what it was missed by.
    ///
    /// - Parameter missed: `nil` if it could not be read.
    private func fill(_ missed: [Conversation.ID: [Happening]]?, _ questions: [Conversation.ID: Question]) {
        // Of what was written here meanwhile it is known which socket it came from.
        var origins: [Conversation.ID: [Int64: SocketSession]] = [:]
        for news in untold { if let origin = news.origin { origins[news.conversation, default: [:]][news.rev] = origin } }
        var filled: [News] = []
        filled.reserveCapacity(untold.count)
        for var news in untold {
            if let question = questions[news.conversation], question.before == news.end {
                for happening in missed?[news.conversation] ?? [] {
                    let origin = origins[news.conversation]?[happening.rev]
                    filled.append(News(happening: happening, membersRev: 0, isComplete: true, isRead: true, origin: origin))
                }
                // Of a change it was asked only who hears of it, if that was not known: what it is comes next.
                news.isComplete = question.after != nil || !news.isUnread
                news.isGap = missed == nil
            }
            filled.append(news)
        }
        untold = filled
    }

    /// What a hint of another process said counts as far as the database says so too: else what is written next would pass for told.
    private func trust(_ audiences: [ActiveParticipants.Audience]) {
        let standing = Dictionary(audiences.map { ($0.conversation, $0) }) { $1 }
        for index in untold.indices {
            guard let audience = standing[untold[index].conversation] else { continue }
            untold[index].membersRev = min(untold[index].membersRev, audience.membersRev)
            guard case .unread(let change) = untold[index].happening, change.last > audience.rev else { continue }
            untold[index].happening = .unread(
                ConversationChange(
                    conversation: change.conversation, first: min(change.first, audience.rev), last: audience.rev,
                    membersRev: untold[index].membersRev))
        }
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

extension Announcer.Happening {
    fileprivate var conversation: Conversation.ID {
        switch self {
        case .message(let message): message.conversation
        case .receipt(let receipt): receipt.conversation
        case .unread(let change): change.conversation
        }
    }

    fileprivate var rev: Int64 {
        switch self {
        case .message(let message): message.rev
        case .receipt(let receipt): receipt.rev
        case .unread(let change): change.last
        }
    }

    /// By the database's clock.
    fileprivate var writtenAt: Timestamp {
        switch self {
        case .message(let message): message.sentAt
        case .receipt(let receipt): receipt.at
        case .unread: .latest
        }
    }
}

extension Announcer.News {
    fileprivate var conversation: Conversation.ID { happening.conversation }
    fileprivate var rev: Int64 { happening.rev }

    fileprivate var isUnread: Bool { if case .unread = happening { true } else { false } }

    /// The first `rev` that need not be read to tell of it.
    fileprivate var end: Int64 { isUnread ? rev + 1 : rev }

    /// The frame that all readers share; `nil` where there is nothing to tell but what was read.
    ///
    /// - Parameter shown: the `rev` of the event before it, if that is known.
    fileprivate func event(after shown: Int64?) -> Frame? {
        let previousRev = isGap ? rev - 1 : shown ?? rev - 1
        return switch happening {
        case .message(let message): Frame(whole: MessageEvents.new(message, after: previousRev))
        case .receipt(let receipt): ReceiptEvents.moved(receipt, after: previousRev)
        case .unread: nil
        }
    }
}
