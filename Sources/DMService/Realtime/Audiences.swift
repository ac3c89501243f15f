internal import Crypto
internal import JSON

/// Who hears of conversations, as of a `members_rev`, and up to which `rev` they have been told. Belongs to an ``Announcer``.
///
/// Members are used only for events that were stored under the `members_rev` that they were read under, or an earlier one, so a
/// member who was removed hears nothing even if nobody told this process.
struct Audiences {
    enum Step: Equatable {
        /// These are to be told now, and from now on have been.
        case tell([Member.ID])
        /// They were told before.
        case known
        /// It is not known whom to tell, or what came before was never told: what happened behind the `rev` `after`, its messages
        /// since `since`, if that is given.
        case ask(after: Int64?, since: Timestamp? = nil)
    }

    private struct Entry {
        let membersRev: Int64
        let members: [Member.ID]
        /// 0: nothing was told yet.
        var told: Int64 = 0
    }

    /// Events that are told belatedly at most. Whoever lacks more asks for what changed.
    static let longestGap: Int64 = 100

    /// Two generations: when the younger is full it becomes the older, and the older is forgotten.
    private var young: [Conversation.ID: Entry] = [:]
    private var old: [Conversation.ID: Entry] = [:]
    /// Of conversations of which nothing was told yet: what may have been stored although the answer was lost.
    private var losses: [Conversation.ID: Loss] = [:]
    private let limit: Int

    private struct Loss {
        let since: Timestamp
        /// Each message once, however often it was tried.
        var keys: Set<UniqueID> = []
    }

    /// - Parameter limit: conversations in one generation.
    init(limit: Int = 50_000) { self.limit = limit }

    /// What is to be done about an event that has been stored.
    ///
    /// - Parameters:
    ///   - membersRev: under which it was stored.
    ///   - isReplay: whether it is a message that was sent again. It is known then, unless the answer to the first time was lost.
    ///   - isComplete: whether what came before it has just been read.
    mutating func step(
        _ rev: Int64, of conversation: Conversation.ID, at membersRev: Int64, isReplay: Bool = false, isComplete: Bool = false
    ) -> Step {
        if young[conversation] == nil, let entry = old[conversation] { insert(entry, for: conversation) }
        let index = young.index(forKey: conversation)
        let told = index.map { young.values[$0].told } ?? 0
        let lost = losses.isEmpty ? nil : losses[conversation]
        if told > 0 ? rev <= told : isReplay && lost == nil { return .known }
        if !isComplete, let last = told > 0 ? told : lost.map({ max(0, rev - 1 - Int64($0.keys.count)) }), last + 1 < rev {
            return .ask(after: max(last, rev - 1 - Self.longestGap), since: told > 0 ? nil : lost?.since)
        }
        guard let index, young.values[index].membersRev >= membersRev else { return .ask(after: nil) }
        young.values[index].told = rev
        if lost != nil { losses[conversation] = nil }
        return .tell(young.values[index].members)
    }

    mutating func set(_ members: [Member.ID], of conversation: Conversation.ID, at membersRev: Int64) {
        insert(Entry(membersRev: membersRev, members: members, told: told(of: conversation)), for: conversation)
    }

    /// Notes that the answer to the write of a message was lost. If it was stored, there is a gap when the next one is told.
    mutating func lost(_ key: UniqueID, of conversation: Conversation.ID, now: Timestamp = .now) {
        guard told(of: conversation) == 0 else { return }
        // Ids that nobody has are not told of, and would stay. Whoever then hears nothing of a loss notices by `prev_rev`.
        if losses.count >= limit { losses = [:] }
        losses[conversation, default: Loss(since: now)].keys.insert(key)
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
