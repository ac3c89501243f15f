/// Who may hear whom type in which conversation, remembered for a while.
struct TypingAudiences {
    /// Somebody in a conversation, as the database says.
    struct Place: Equatable, Sendable {
        /// Whether they show when they type, and so are shown.
        let shows: Bool
        /// What stands between them and the others.
        var bars: Bars = []
    }

    /// Those who are in a conversation: nobody, in one that does not exist.
    typealias Audience = [Member.ID: Place]

    enum Answer: Equatable {
        /// The database is to be asked.
        case unknown
        case notAParticipant
        case barred(PrivacyRefusal)
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
            !entry.audience.keys.contains(where: { changes.contains($0, since: entry.readAt) })
        else { return .unknown }
        guard let place = entry.audience[member] else { return .notAParticipant }
        if let refusal = place.bars.refusal { return .barred(refusal) }
        return .hearers(place.shows ? entry.audience.filter { $0.value.shows && $0.key != member }.map(\.key) : [])
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
