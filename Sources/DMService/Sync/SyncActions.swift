internal import JSON
internal import Postgres
internal import Runtime

/// Brings devices up to date, by what the database logged of changes (docs/decisions/sync.md).
struct SyncActions: Sendable {
    let database: Database
    let accounts: AccountActions
    let conversations: ConversationActions
    let profiles: ProfileDirectory
    let delivery: Delivery
    /// How far back one can catch up; who was away for longer begins anew.
    let window: Duration

    /// How much an answer may hold.
    struct Size: Sendable {
        /// Conversations.
        var limit = 50
        /// About as many bytes, and one conversation more.
        let bytes: Int

        static let response = Size(bytes: 1 << 20)
        /// Less than what a socket may be behind.
        static let frame = Size(bytes: 1 << 18)
    }

    /// Messages of one conversation in an answer. Whoever lacks more sees by `seq` which, and reads the history.
    static let messageLimit = 20

    /// What changed for a member since `token`, or how all stands if there is no token or it is too old.
    func answer(to member: Member.ID, since token: SyncToken?, size: Size) async throws -> SyncAnswer {
        guard let token else { return try await snapshot(for: member, size) }
        let lines = try await database.query(
            ConversationsChanged(
                member: member, since: token.since.snapshot, after: token.rest?.after, limit: size.limit + 1))
        guard let first = lines.first else { throw PostgresError(.unexpectedRowCount) }
        guard token.since.generation == first.now.generation, first.now.at.milliseconds - token.since.at.milliseconds < window.milliseconds
        else { return try await snapshot(for: member, size) }
        let changes = lines.compactMap(\.change)
        let page = Array(changes.prefix(size.limit))
        let told = Self.cut(try await entries(of: page, for: member), to: size.bytes)
        // The account goes with the first part, since the answer to the last one ends what was asked.
        let account = first.isAccountChanged && token.rest == nil ? try await accounts.ownAccount(of: member) : nil
        let until = token.rest?.until ?? first.now
        if told.isCut || changes.count > page.count, let last = told.isCut ? told.entries.last?.conversation.id : page.last?.conversation {
            let rest = SyncToken(since: token.since, rest: SyncToken.Rest(until: until, after: last))
            return SyncAnswer(token: rest, isSnapshot: false, hasMore: true, account: account, entries: told.entries)
        }
        return SyncAnswer(token: SyncToken(since: until), isSnapshot: false, account: account, entries: told.entries)
    }

    /// The same, but if nothing changed, it waits until something does, or `patience` is over.
    func answer(to member: Member.ID, since token: SyncToken?, size: Size, patience: Duration) async throws -> SyncAnswer {
        guard patience > .zero else { return try await answer(to: member, since: token, size: size) }
        // Listens before it looks: what comes meanwhile is heard.
        let listener = delivery.listen(for: member)
        defer { listener.end() }
        let deadline = ContinuousClock.now + patience
        var answer = try await answer(to: member, since: token, size: size)
        while answer.isEmpty, await listener.hears(before: deadline) {
            // Asked anew with the old token: nothing has changed since.
            answer = try await self.answer(to: member, since: token, size: size)
        }
        return answer
    }

    /// The newest conversations with their newest messages.
    private func snapshot(for member: Member.ID, _ size: Size) async throws -> SyncAnswer {
        // Before anything is read: what is read may be newer, and is told once more then.
        let now = try await database.one(CurrentPoint())
        let found = try await database.query(ConversationsOf(member: member, before: nil, limit: size.limit + 1))
        let page = found.prefix(size.limit)
        let changes = page.map { ConversationsChanged.Change(conversation: $0.summary.id, firstSeq: 1) }
        let told = Self.cut(try await entries(of: changes, for: member), to: size.bytes)
        let last = told.isCut ? page.first { $0.summary.id == told.entries.last?.conversation.id } : page.last
        let isWhole = !told.isCut && found.count == page.count
        return SyncAnswer(
            token: SyncToken(since: now), isSnapshot: true,
            nextCursor: isWhole ? nil : last.map { Paging<String>.encode($0.position.text) },
            account: try await accounts.ownAccount(of: member), entries: told.entries)
    }

    /// The conversations as they stand, in the order of `changes`, and what is new in them. Whatever the member is not in is left out.
    private func entries(of changes: [ConversationsChanged.Change], for member: Member.ID) async throws -> [SyncAnswer.Entry] {
        guard !changes.isEmpty else { return [] }
        // Before their messages: a message may be newer than its conversation here, but never be missing below its `rev`.
        let found = try await conversations.conversations(changes.map(\.conversation), for: member)
        let rows = try await database.query(NewestMessages(changes: changes, viewer: member, limit: Self.messageLimit))
        let messages = Dictionary(grouping: try await profiles.name(rows), by: \.conversation)
        return changes.compactMap { change in
            found[change.conversation].map { conversation in
                SyncAnswer.Entry(
                    conversation: conversation,
                    messages: conversation.staging(messages[change.conversation] ?? [], for: member))
            }
        }
    }

    /// As many of the first entries as go into so many bytes, and one at least.
    private static func cut(_ entries: [SyncAnswer.Entry], to bytes: Int) -> (entries: [SyncAnswer.Entry], isCut: Bool) {
        var left = bytes
        let end = entries.firstIndex { entry in
            left -= entry.weight
            return left < 0
        }
        guard let end, end < entries.count - 1 else { return (entries, false) }
        return (Array(entries[...end]), true)
    }
}
