internal import HTTPServer
internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// Brings who types to those who may see it. Belongs to its loop.
///
/// Nothing of it is stored or logged. Who hears of a conversation is remembered; the database is asked only where that is unknown, one
/// question at a time, and what comes meanwhile waits for the next one.
///
/// `@unchecked Sendable`: confined to its loop.
final class TypingDesk: @unchecked Sendable {
    /// A member's command.
    struct Wish: Sendable {
        let member: Member.ID
        let isTyping: Bool
        /// Where it came from, and hears if it cannot be.
        let session: SocketSession
        let command: JSONFragment?
    }

    /// Commands that may wait for the database. More are dropped.
    private static let limit = 1_000
    /// Conversations of one question.
    private static let slice = 200
    /// How long a notice of another node outlives the time in which it should have ended it, in milliseconds.
    private static let leeway: UInt64 = 1_000

    private let loop: EventLoop
    private let database: Database
    private let delivery: Delivery
    private let relay: PresenceRelay?
    private let metrics: PresenceMetrics
    private var audiences = TypingAudiences()
    private var changes = AccountChanges(memory: TypingAudiences.lifetime)
    private var notices: TypingNotices
    /// What other nodes told: if one dies, what it told ends here.
    private var heard: TypingNotices
    private var waiting: [Conversation.ID: [Wish]] = [:]
    private var waitingCount = 0
    private var isAsking = false
    /// What other nodes are to hear of at the end of the tick.
    private var untold: [TypingNotices.News] = []

    init(
        loop: EventLoop, database: Database, delivery: Delivery, relay: PresenceRelay?, settings: PresenceSettings, metrics: PresenceMetrics
    ) {
        self.loop = loop
        self.database = database
        self.delivery = delivery
        self.relay = relay
        self.metrics = metrics
        let lifetime = UInt64(settings.typingLifetime.milliseconds)
        notices = TypingNotices(interval: UInt64(settings.typingInterval.milliseconds), lifetime: lifetime)
        heard = TypingNotices(interval: 0, lifetime: lifetime + Self.leeway)
    }

    // MARK: What members do

    func take(_ wish: Wish, in conversation: Conversation.ID) {
        // Behind what waits: a stop must not overtake its start.
        guard waiting[conversation] == nil else { return wait(wish, in: conversation) }
        perform(wish, in: conversation)
    }

    /// A member's last socket here has ended.
    func end(of member: Member.ID) { tell(notices.end(of: member)) }

    /// What decides who hears a member, or whom they hear, may have changed.
    func accountChanged(_ member: Member.ID) { changes.note(member, now: loop.now) }

    func tick(now: UInt64) {
        tell(notices.due(now: now))
        deliver(heard.due(now: now))
        changes.forgetOld(now: now)
    }

    private func perform(_ wish: Wish, in conversation: Conversation.ID) {
        switch audiences.answer(for: wish.member, in: conversation, now: loop.now, changes: changes) {
        case .unknown:
            wait(wish, in: conversation)
            ask()
        case .notAParticipant: refuse(wish, .notFound)
        case .barred(let refusal): refuse(wish, refusal.httpError)
        case .hearers(let hearers):
            let news = notices.set(
                wish.isTyping && !hearers.isEmpty, of: wish.member, in: conversation, to: hearers, now: loop.now)
            guard let news else { return metrics.typingDropped.increment() }
            metrics.typingTold.increment()
            tell([news])
        }
    }

    private func refuse(_ wish: Wish, _ error: HTTPError) {
        let frame = SocketFrame.error(error, to: wish.command)
        wish.session.loop.post { wish.session.send(frame) }
    }

    // MARK: Who hears it

    private func wait(_ wish: Wish, in conversation: Conversation.ID) {
        guard waitingCount < Self.limit else { return metrics.typingDropped.increment() }
        waitingCount += 1
        waiting[conversation, default: []].append(wish)
    }

    private func ask() {
        guard !isAsking else { return }
        isAsking = true
        loop.start { [self] in
            while !waiting.isEmpty { await answer(Array(waiting.keys.prefix(Self.slice))) }
            isAsking = false
        }
    }

    private func answer(_ conversations: [Conversation.ID]) async {
        let begun = loop.now
        let lines = try? await database.query(TypingAudiencesOf(conversations: conversations))
        if let lines {
            var found = Dictionary(conversations.map { ($0, TypingAudiences.Audience()) }) { $1 }
            for line in lines { found[line.conversation]?[line.member] = line.place }
            for (conversation, audience) in found { audiences.set(audience, of: conversation, readAt: begun) }
        }
        for conversation in conversations {
            let wishes = waiting.removeValue(forKey: conversation) ?? []
            waitingCount -= wishes.count
            // Without an answer they are dropped: nobody misses that somebody typed.
            guard lines != nil else {
                metrics.typingDropped.increment(by: UInt64(wishes.count))
                continue
            }
            for wish in wishes { take(wish, in: conversation) }
        }
    }

    // MARK: Telling

    private func tell(_ news: [TypingNotices.News]) {
        guard !news.isEmpty else { return }
        deliver(news)
        guard relay != nil else { return }
        if untold.isEmpty { loop.atEndOfTick(self) }
        untold += news
    }

    private func deliver(_ news: [TypingNotices.News]) {
        guard !news.isEmpty else { return }
        var fanout = Fanout(delivery)
        for news in news {
            let frame = Frame(whole: PresenceEvents.typing(news))
            for hearer in news.hearers { fanout.add(frame, to: hearer, except: nil) }
        }
        delivery.send(fanout)
    }

    /// Takes what another node tells, which has asked who may hear it.
    func hear(_ letter: TypingLetter) {
        let news = letter.news.compactMap { news -> TypingNotices.News? in
            let hearers = news.hearers.filter { delivery.directory.loops(of: $0) != 0 }
            guard !hearers.isEmpty else { return nil }
            return heard.set(news.isTyping, of: news.member, in: news.conversation, to: hearers, now: loop.now)
        }
        deliver(news)
    }
}

extension TypingDesk: TickParticipant {
    func tickEnded() {
        relay?.tell(untold)
        untold.removeAll(keepingCapacity: true)
    }
}
