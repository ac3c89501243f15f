/// Who hears of a conversation, as of a `members_rev`, and how much of it they have been told. Belongs to its write queue.
///
/// Members are used only for messages that were stored under the `members_rev` that they were read under, or an earlier one, so a
/// member who was removed hears nothing even if nobody told this process.
struct AudienceCache {
    private struct Entry {
        let membersRev: Int64
        let members: [Member.ID]
        /// The highest `rev` that the members were told of; 0 if none was.
        var told: Int64
    }

    /// Two generations: when the younger is full it becomes the older, and the older is forgotten.
    private var young: [Conversation.ID: Entry] = [:]
    private var old: [Conversation.ID: Entry] = [:]
    private var doubts: [Conversation.ID: Doubt] = [:]
    private let limit: Int

    /// Messages of a conversation may be stored of which the answer was lost.
    private struct Doubt {
        /// What the members had been told of before.
        let before: Int64
        /// And since.
        var since: Set<Int64> = []

        /// So many messages later nobody sends again what was lost, and a reader has long since noticed that it lacks something.
        static let end = 256
    }

    /// - Parameter limit: conversations in one generation.
    init(limit: Int = 50_000) { self.limit = limit }

    /// Who is to be told of `rev`, which was stored under `membersRev`, and from now on has been; `nil` while they are not known.
    mutating func tell(_ rev: Int64, of conversation: Conversation.ID, at membersRev: Int64) -> [Member.ID]? {
        if young[conversation] == nil, let entry = old[conversation] { insert(entry, for: conversation) }
        guard let index = young.index(forKey: conversation), young.values[index].membersRev >= membersRev else { return nil }
        young.values[index].told = max(rev, young.values[index].told)
        if !doubts.isEmpty, let doubt = doubts.index(forKey: conversation) {
            doubts.values[doubt].since.insert(rev)
            if doubts.values[doubt].since.count >= Doubt.end { doubts.remove(at: doubt) }
        }
        return young.values[index].members
    }

    mutating func set(_ members: [Member.ID], of conversation: Conversation.ID, at membersRev: Int64) {
        insert(Entry(membersRev: membersRev, members: members, told: told(of: conversation)), for: conversation)
    }

    // MARK: Lost answers

    /// Notes that a write to these conversations may have been stored although its answer was lost.
    mutating func doubt(_ conversations: [Conversation.ID]) {
        for conversation in conversations where doubts[conversation] == nil && doubts.count < limit {
            doubts[conversation] = Doubt(before: told(of: conversation))
        }
    }

    /// Whether a message that was sent again had been stored without anybody being told of it.
    func isUntold(_ rev: Int64, of conversation: Conversation.ID) -> Bool {
        guard let doubt = doubts[conversation] else { return false }
        return rev > doubt.before && !doubt.since.contains(rev)
    }

    private func told(of conversation: Conversation.ID) -> Int64 { (young[conversation] ?? old[conversation])?.told ?? 0 }

    private mutating func insert(_ entry: Entry, for conversation: Conversation.ID) {
        if young.count >= limit {
            old = young
            young = [:]
        }
        young[conversation] = entry
    }
}
