internal import JSON

/// Who hears of conversations, as of a `members_rev`, and up to which `rev` they have been told. Belongs to an ``Announcer``.
///
/// Members are used only for events that were stored under the `members_rev` that they were read under, or an earlier one, so a
/// member who was removed hears nothing even if nobody told this process.
struct Audiences {
    enum Step: Equatable {
        /// These are to be told now, and from now on have been. `after` is the `rev` of the event that they were told before, if that is known.
        case tell([Member.ID], after: Int64?)
        /// They were told before.
        case known
        /// It is not known whom to tell, or what came before was never told: what happened behind the `rev` `after`, and
        /// since `since`, if that is given.
        case ask(after: Int64?, since: Timestamp? = nil)
    }

    private struct Entry {
        let membersRev: Int64
        let members: [Member.ID]
        /// 0: nothing was told yet.
        var told: Int64 = 0
        /// The last event that was really told. Behind ``told`` where what lay between was overtaken: a mark that moved again.
        var shown: Int64 = 0
    }

    /// Events that are told belatedly at most: more than one transaction writes, whose answer may be lost. Whoever lacks more asks for what
    /// changed.
    static let longestGap: Int64 = 500

    /// Two generations: when the younger is full it becomes the older, and the older is forgotten.
    private var young: [Conversation.ID: Entry] = [:]
    private var old: [Conversation.ID: Entry] = [:]
    /// Everything that was written before this has been told, or was before anybody listened here; by the database's clock.
    var horizon: Timestamp
    private let limit: Int

    /// - Parameter limit: conversations in one generation.
    init(horizon: Timestamp, limit: Int = 50_000) {
        self.horizon = horizon
        self.limit = limit
    }

    /// What is to be done about an event that has been stored.
    ///
    /// - Parameters:
    ///   - membersRev: under which it was stored.
    ///   - writtenAt: when, by the database's clock.
    ///   - isReplay: whether it is a message that was sent again. It is known then, unless the answer to the first time was lost.
    ///   - isComplete: whether what came before it has just been read.
    mutating func step(
        _ rev: Int64, of conversation: Conversation.ID, at membersRev: Int64, writtenAt: Timestamp, isReplay: Bool = false,
        isComplete: Bool = false
    ) -> Step {
        if young[conversation] == nil, let entry = old[conversation] { insert(entry, for: conversation) }
        let index = young.index(forKey: conversation)
        let told = index.map { young.values[$0].told } ?? 0
        if told > 0 ? rev <= told : isReplay && writtenAt < horizon { return .known }
        if !isComplete, told + 1 < rev {
            return ask(from: told, to: rev - 1, of: index)
        }
        guard let index, young.values[index].membersRev >= membersRev else { return .ask(after: nil) }
        let shown = young.values[index].shown
        young.values[index].told = rev
        young.values[index].shown = rev
        return .tell(young.values[index].members, after: shown > 0 ? shown : nil)
    }

    /// What is to be done about changes of which it is not known whether they were told.
    ///
    /// - Parameter isHere: whether a member has a socket here. Where none has, nothing is read.
    mutating func catchUp(_ change: ConversationChange, isHere: (Member.ID) -> Bool) -> Step {
        if young[change.conversation] == nil, let entry = old[change.conversation] { insert(entry, for: change.conversation) }
        let entry = young[change.conversation]
        let told = entry?.told ?? 0
        guard change.last > told else { return .known }
        guard let entry, entry.membersRev >= change.membersRev else { return .ask(after: nil) }
        guard entry.members.contains(where: isHere) else { return .known }
        return ask(from: told, to: change.last, of: young.index(forKey: change.conversation))
    }

    /// Of a conversation of which nothing was told yet, most is history: only what is newer than the horizon may be owed, be it
    /// earlier than a change that was found first.
    private mutating func ask(from told: Int64, to last: Int64, of index: Dictionary<Conversation.ID, Entry>.Index?) -> Step {
        let start = last - Self.longestGap
        guard told > 0, let index else { return .ask(after: max(0, start), since: horizon) }
        // What is left out shows as a gap before the first that is not.
        if start > told { young.values[index].shown = start }
        return .ask(after: max(told, start))
    }

    /// Counts everything up to `rev` as told, if it is known who hears of the conversation.
    ///
    /// - Parameter isGap: whether something was left out that somebody should have heard: then the next event shows it.
    mutating func skip(to rev: Int64, of conversation: Conversation.ID, isGap: Bool = false) {
        guard let index = young.index(forKey: conversation), young.values[index].told < rev else { return }
        young.values[index].told = rev
        if isGap { young.values[index].shown = rev }
    }

    mutating func set(_ members: [Member.ID], of conversation: Conversation.ID, at membersRev: Int64) {
        let known = young[conversation] ?? old[conversation]
        insert(Entry(membersRev: membersRev, members: members, told: known?.told ?? 0, shown: known?.shown ?? 0), for: conversation)
    }

    private mutating func insert(_ entry: Entry, for conversation: Conversation.ID) {
        if young.count >= limit {
            old = young
            young = [:]
        }
        young[conversation] = entry
    }
}
