internal import Crypto
internal import JSON
internal import Postgres

/// What the database says of one message of a batch.
struct SendResult: Sendable {
    enum Verdict: Int16, PostgresDecodable, Sendable {
        case stored = 0
        case replayed = 1
        case differentReplay = 2
        case notAParticipant = 3
        case blockedByOther = 4
        case ownBlock = 5
    }

    let verdict: Verdict
    /// Where the message stands; `nil` for one that was refused.
    let place: Place?

    struct Place: Sendable {
        let seq: Int64
        let rev: Int64
        let sentAt: Timestamp
        let membersRev: Int64
    }

    init(_ row: borrowing Row) throws(PostgresError) {
        verdict = try row.value(0)
        switch verdict {
        case .stored, .replayed, .differentReplay:
            place = Place(seq: try row.int64(1), rev: try row.int64(2), sentAt: try row.value(3), membersRev: try row.int64(4))
        case .notAParticipant, .blockedByOther, .ownBlock: place = nil
        }
    }
}

/// Writes one message. Cheaper than ``SendMessages`` for a few.
struct SendMessage: Statement {
    static let sql = "SELECT outcome, seq, rev, sent_at, members_rev FROM send_message($1, $2, $3, $4, $5, $6, $7)"
    let entry: PendingMessage

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(entry.conversation)
        parameters.append(entry.sender.id)
        parameters.append(entry.draft.kind.rawValue)
        parameters.append(entry.draft.content)
        parameters.append(entry.draft.clientID?.text)
        parameters.append(entry.dedupeKey)
        parameters.append(entry.requestHash)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> SendResult { try SendResult(row) }
}

/// Writes many messages. One row for each, in their order.
struct SendMessages: Statement {
    static let sql = "SELECT outcome, seq, rev, sent_at, members_rev FROM send_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    let batch: WriteBatch

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(batch.conversations)
        parameters.append(batch.counts)
        parameters.append(batch.slots)
        parameters.append(batch.places)
        parameters.append(each: batch.entries) { $0.sender.id }
        parameters.append(each: batch.entries) { $0.draft.kind.rawValue }
        parameters.append(each: batch.entries) { $0.draft.content }
        parameters.append(each: batch.entries) { $0.draft.clientID?.text }
        parameters.append(each: batch.entries) { $0.dedupeKey }
        parameters.append(each: batch.entries) { $0.requestHash }
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> SendResult { try SendResult(row) }
}

/// Which of these conversations somebody else has locked right now. Does not wait.
struct LockedConversations: Statement {
    static let sql = """
        WITH free AS (SELECT id FROM conversations WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED)
        SELECT id FROM conversations WHERE id = ANY($1) EXCEPT SELECT id FROM free
        """
    let suspects: [Conversation.ID]

    init(among suspects: [Conversation.ID]) { self.suspects = suspects }

    func bind(to parameters: inout ParameterWriter) { parameters.append(suspects) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Conversation.ID { try row.value(0) }
}

/// Who hears of a conversation's messages now.
struct ActiveParticipants: Statement {
    static let sql = """
        SELECT c.id, c.members_rev, c.rev, array(SELECT p.user_id FROM participants p WHERE p.conversation_id = c.id AND p.left_rev IS NULL)
          FROM conversations c WHERE c.id = ANY($1)
        """
    let conversations: [Conversation.ID]

    struct Audience: Sendable {
        let conversation: Conversation.ID
        let membersRev: Int64
        /// Of the conversation, at the same moment.
        let rev: Int64
        let members: [Member.ID]
    }

    func bind(to parameters: inout ParameterWriter) { parameters.append(conversations) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Audience {
        Audience(conversation: try row.value(0), membersRev: try row.int64(1), rev: try row.int64(2), members: try row.array(3))
    }
}
