/// Who may hear whom type in which conversation, remembered for a while.
struct TypingAudiences {
    /// What the database says of a conversation. Nobody is in one that does not exist.
    struct Audience: Sendable {
        /// Those who are in it, and whether they show when they type, and so are shown.
        var shows: [Member.ID: Bool] = [:]
        /// One has blocked another: nobody is told anything.
        var isBlocked = false
    }

    enum Answer: Equatable {
        /// The database is to be asked.
        case unknown
        case notAParticipant
        case blocked
        /// These hear of it; maybe nobody.
        case hearers([Member.ID])
    }

    private struct Entry {
        let audience: Audience
        let readAt: UInt64
    }

    /// How long an audience counts, in milliseconds. What changes in it is told by ``AccountChanges``, so this is for what nobody tells.
    static let lifetime: UInt64 = 30_000

    /// Two generations: when the younger is full it becomes the older, and the older is forgotten.
    private var young: [Conversation.ID: Entry] = [:]
    private var old: [Conversation.ID: Entry] = [:]
    private let limit: Int

    /// - Parameter limit: conversations in one generation.
    init(limit: Int = 50_000) { self.limit = limit }

    func answer(for member: Member.ID, in conversation: Conversation.ID, now: UInt64, changes: AccountChanges) -> Answer {
        guard let entry = young[conversation] ?? old[conversation], now < entry.readAt + Self.lifetime,
            !entry.audience.shows.keys.contains(where: { changes.contains($0, since: entry.readAt) })
        else { return .unknown }
        guard let isShown = entry.audience.shows[member] else { return .notAParticipant }
        guard !entry.audience.isBlocked else { return .blocked }
        return .hearers(isShown ? entry.audience.shows.filter { $0.value && $0.key != member }.map(\.key) : [])
    }

    /// - Parameter moment: when the database was asked.
    mutating func set(_ audience: Audience, of conversation: Conversation.ID, readAt moment: UInt64) {
        if young.count >= limit {
            old = young
            young = [:]
        }
        young[conversation] = Entry(audience: audience, readAt: moment)
    }
}
