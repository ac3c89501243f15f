internal import HTTPServer
internal import Postgres

/// Marks: how far somebody has got, and what became of a message. Moves go through ``ConversationWriter``.
struct ReceiptActions: Sendable {
    let writer: ConversationWriter
    let database: Database

    /// Up to where a mark is to move.
    enum Target: Sendable {
        case seq(Int64)
        case message(Message.ID)
    }

    /// Moves a mark of `member`, and answers where their marks stand.
    ///
    /// - Throws: ``MarkRefusal``.
    func move(
        _ kind: Receipt.Kind, of member: Member.ID, in conversation: Conversation.ID, to target: Target
    ) async throws -> Standing {
        let seq = try await seq(of: target, in: conversation, for: member)
        let outcome = await withCheckedContinuation { continuation in
            writer.submit(PendingMark(conversation: conversation, member: member, kind: kind, seq: seq, waiter: .task(continuation)))
        }
        switch outcome {
        case .standing(let standing): return standing
        case .refused(let refusal): throw refusal
        }
    }

    /// - Throws: ``MarkRefusal`` for the id of a message that the member cannot see.
    func seq(of target: Target, in conversation: Conversation.ID, for member: Member.ID) async throws -> Int64 {
        switch target {
        case .seq(let seq): return seq
        case .message(let id):
            guard id.isPossible(in: conversation),
                try await database.first(MessagePlace(message: id, conversation: conversation, viewer: member)) != nil
            else { throw MarkRefusal.notAParticipant }
            return id.seq
        }
    }

    /// What became of a message, for each of the others.
    ///
    /// - Parameter conversation: `nil` to look for the message in all conversations of the viewer.
    /// - Throws: 404 for a message that the viewer cannot see.
    func status(of message: Message.ID, in conversation: Conversation.ID?, for viewer: Member.ID) async throws -> MessageStatus {
        guard let place = try await database.first(MessagePlace(message: message, conversation: conversation, viewer: viewer)) else {
            throw HTTPError.notFound
        }
        let recipients = try await database.query(
            RecipientsOfMessage(conversation: place.conversation, seq: message.seq, sender: place.sender, viewer: viewer))
        return MessageStatus(message: message, conversation: place.conversation, sentAt: message.sentAt, recipients: recipients)
    }

    /// How much of each conversation a member has not read, and of all of them together.
    func unread(of member: Member.ID) async throws -> UnreadCounts {
        UnreadCounts(conversations: try await database.query(UnreadConversations(member: member)))
    }
}
