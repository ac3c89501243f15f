internal import Crypto
internal import HTTPServer
internal import JSON
internal import Postgres

/// Conversations: the only path that makes them.
struct ConversationActions: Sendable {
    let database: Database
    let ids: UUIDv7Generator

    /// The direct conversation of two people, made if they have none yet.
    ///
    /// Both may ask at once, on different nodes: the unique pair lets one of them make it, and the other finds it.
    /// - Throws: ``ConversationRefusal``.
    func direct(of member: Member.ID, with recipient: Member.ID) async throws -> (conversation: Conversation, isNew: Bool) {
        guard let pair = MemberPair(member, recipient) else { throw ConversationRefusal.withOneself }
        let question = DirectConversation(member: member, other: recipient)
        let known = try await database.one(question)
        if let refusal = known.bars.refusal { throw ConversationRefusal.privacy(refusal) }
        if let id = known.conversation { return (try await conversation(id, for: member), false) }
        let fresh = Conversation.ID(ids.next())
        let made: (id: Conversation.ID, isNew: Bool)?
        do {
            made = try await database.transaction { transaction -> (id: Conversation.ID, isNew: Bool)? in
                // Whoever blocks the other at this moment comes before it, or finds the conversation.
                try await transaction.execute(LockPair(pair: pair))
                let present = try await transaction.one(question)
                if let refusal = present.bars.refusal { throw ConversationRefusal.privacy(refusal) }
                if try await transaction.first(InsertDirectConversation(id: fresh, pair: pair)) != nil {
                    try await transaction.execute(InsertParticipants(conversation: fresh, member: member, other: recipient))
                    try await transaction.execute(LogCreation(conversation: fresh))
                    return (fresh, true)
                }
                return try await transaction.one(question).conversation.map { (id: $0, isNew: false) }
            }
        } catch let error as PostgresError where error.sqlState == "23503" {
            throw ConversationRefusal.unknownRecipient  // no such account: the foreign key found out
        }
        guard let made else { throw HTTPError.unavailable }  // gone again since: the next try makes it
        return (try await conversation(made.id, for: member), made.isNew)
    }

    /// A page of a member's conversations, the latest first.
    func page(of member: Member.ID, _ query: InboxQuery) async throws(PostgresError) -> Page<Conversation.Summary> {
        let page = ConversationsOf(member: member, before: query.paging.cursor, limit: query.paging.limit + 1)
        let found =
            query.isPlain
            ? try await database.query(page)
            : try await database.query(ConversationsMatching(page: page, isUnreadOnly: query.isUnreadOnly, name: query.name))
        let items = found.prefix(query.paging.limit)
        let next = found.count > query.paging.limit ? items.last?.position.text : nil
        return Page(items: items.map(\.summary), nextCursor: next.map(Paging<String>.encode))
    }

    /// - Throws: 404 for a conversation that `viewer` is not in, as for one that does not exist.
    func conversation(_ id: Conversation.ID, for viewer: Member.ID) async throws -> Conversation {
        guard let conversation = try await conversations([id], for: viewer)[id] else { throw HTTPError.notFound }
        return conversation
    }

    /// Those of these conversations that `viewer` is in.
    func conversations(_ ids: [Conversation.ID], for viewer: Member.ID) async throws -> [Conversation.ID: Conversation] {
        let lines = try await database.query(ConversationsFor(conversations: ids, viewer: viewer))
        return Dictionary(grouping: lines, by: \.conversation).compactMapValues { lines in
            guard let first = lines.first, let kind = Conversation.Kind(rawValue: first.kind) else { return nil }
            return Conversation(
                id: first.conversation, kind: kind, createdAt: first.createdAt, participants: lines.map(\.participant),
                lastReadSeq: first.readSeq, unread: first.unread, lastSeq: first.lastSeq, rev: first.rev, ownRev: first.ownRev)
        }
    }
}
