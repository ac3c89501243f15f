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
        if let known = try await database.first(DirectConversation(pair: pair)) {
            return (try await conversation(known, for: member), false)
        }
        let fresh = Conversation.ID(ids.next())
        let isNew: Bool
        do {
            isNew = try await database.transaction { transaction in
                guard try await transaction.first(InsertDirectConversation(id: fresh, pair: pair)) != nil else { return false }
                try await transaction.execute(InsertParticipants(conversation: fresh, members: [member, recipient]))
                try await transaction.execute(LogCreation(conversation: fresh))
                return true
            }
        } catch let error as PostgresError where error.sqlState == "23503" {
            throw ConversationRefusal.unknownRecipient  // no such account: the foreign key found out
        }
        let id = isNew ? fresh : try await database.one(DirectConversation(pair: pair))
        return (try await conversation(id, for: member), isNew)
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
