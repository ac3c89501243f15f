internal import Observability
internal import Postgres
internal import Runtime

/// Tells sockets what became of messages, and of new ones. Belongs to the loop of its write queue.
///
/// The events of a conversation leave in the order of its revisions. When it has to be looked up who hears of them,
/// the answers to their senders do not wait for that; a look-up that fails is tried again until it works, so that nobody
/// who is connected misses a message.
///
/// `@unchecked Sendable`: confined to its loop.
final class MessageAnnouncer: @unchecked Sendable {
    private struct News {
        let message: Message
        let membersRev: Int64
        /// It was sent again: news only if its first answer was lost.
        let isReplay: Bool
        let origin: SocketSession?
    }

    /// Messages that may wait for a look-up. Of the oldest ones beyond that nobody is told: readers notice by the next one's `prev_rev`.
    private static let limit = 20_000
    /// Between look-ups that fail.
    private static let pause = Duration.milliseconds(500)

    private let loop: EventLoop
    private let database: Database
    private let delivery: Delivery
    private var audiences = AudienceCache()
    private var untold: [News] = []
    private var retry: LoopTimer?

    init(loop: EventLoop, database: Database, delivery: Delivery) {
        self.loop = loop
        self.database = database
        self.delivery = delivery
    }

    func fanout() -> Fanout { Fanout(delivery) }

    func send(_ fanout: consuming Fanout) { delivery.send(fanout) }

    /// Notes that a write to these conversations may have been stored although its answer was lost. If it was, its readers are
    /// told when it is sent again.
    func doubt(_ conversations: [Conversation.ID]) { audiences.doubt(conversations) }

    /// Takes what there is to tell of an outcome, for the next ``announce(with:)``.
    func add(_ outcome: SendOutcome, membersRev: Int64, from origin: SocketSession?) {
        switch outcome {
        case .stored(let message):
            untold.append(News(message: message, membersRev: membersRev, isReplay: false, origin: origin))
        case .replayed(let message) where audiences.isUntold(message.rev, of: message.conversation):
            untold.append(News(message: message, membersRev: membersRev, isReplay: true, origin: origin))
        case .replayed, .refused: break
        }
    }

    /// Sends the answers, and the events of all that has been added.
    func announce(with answers: consuming Fanout) async {
        var fanout = answers
        let unknown = tell(&fanout)
        delivery.send(fanout)
        if !unknown.isEmpty { await lookUp(unknown) }
    }

    /// Gathers the events whose readers are known, and returns the conversations whose readers are not.
    private func tell(_ fanout: inout Fanout) -> Set<Conversation.ID> {
        var unknown: Set<Conversation.ID> = []
        var rest: [News] = []
        for news in untold {
            let message = news.message
            // Nothing is told before what came before it.
            if !unknown.isEmpty, unknown.contains(message.conversation) {
                rest.append(news)
            } else if news.isReplay, !audiences.isUntold(message.rev, of: message.conversation) {
                continue
            } else if let members = audiences.tell(message.rev, of: message.conversation, at: news.membersRev) {
                let event = MessageEvents.new(message)
                for member in members { fanout.add(event, to: member, except: news.origin) }
            } else {
                unknown.insert(message.conversation)
                rest.append(news)
            }
        }
        untold = rest
        return unknown
    }

    /// Reads who hears of these conversations now, and tells them.
    private func lookUp(_ conversations: Set<Conversation.ID>) async {
        do {
            for audience in try await database.query(ActiveParticipants(conversations: Array(conversations))) {
                audiences.set(audience.members, of: audience.conversation, at: audience.membersRev)
            }
        } catch {
            Logger.current.warning("readers of new messages could not be looked up", [.sqlState: error.sqlState ?? "none"])
            if untold.count > Self.limit { untold.removeFirst(untold.count - Self.limit) }
            return tryAgainLater()
        }
        var fanout = Fanout(delivery)
        let nowhere = tell(&fanout).intersection(conversations)
        delivery.send(fanout)
        // A conversation that is not there any more has nobody to tell.
        if !nowhere.isEmpty { untold.removeAll { nowhere.contains($0.message.conversation) } }
    }

    private func tryAgainLater() {
        guard retry == nil else { return }
        retry = loop.schedule(after: Self.pause) { [weak self] in
            guard let self else { return }
            retry = nil
            loop.start { [self] in await announce(with: fanout()) }
        }
    }
}
