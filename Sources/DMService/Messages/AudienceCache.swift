/// Who hears of a conversation, as of a `members_rev`. Belongs to its write queue.
///
/// An entry is used only while the database still names the `members_rev` that it was read under, so a member who was
/// removed hears nothing even if nobody told this process.
struct AudienceCache {
    private struct Entry {
        let membersRev: Int64
        let members: [Member.ID]
    }

    /// Two generations: when the younger is full it becomes the older, and the older is forgotten.
    private var young: [Conversation.ID: Entry] = [:]
    private var old: [Conversation.ID: Entry] = [:]
    private let limit: Int

    /// - Parameter limit: conversations in one generation.
    init(limit: Int = 50_000) { self.limit = limit }

    mutating func members(of conversation: Conversation.ID, at membersRev: Int64) -> [Member.ID]? {
        if let entry = young[conversation] { return entry.membersRev == membersRev ? entry.members : nil }
        guard let entry = old[conversation], entry.membersRev == membersRev else { return nil }
        insert(entry, for: conversation)
        return entry.members
    }

    mutating func set(_ members: [Member.ID], of conversation: Conversation.ID, at membersRev: Int64) {
        insert(Entry(membersRev: membersRev, members: members), for: conversation)
    }

    private mutating func insert(_ entry: Entry, for conversation: Conversation.ID) {
        if young.count >= limit {
            old = young
            young = [:]
        }
        young[conversation] = entry
    }
}
