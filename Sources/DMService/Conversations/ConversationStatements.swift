internal import JSON
internal import Postgres

/// Makes the direct conversation of a pair. No row if they have one: then ``DirectConversation`` finds it.
struct InsertDirectConversation: Statement {
    static let sql = """
        INSERT INTO conversations (id, kind, pair_low, pair_high) VALUES ($1, 1, $2, $3)
        ON CONFLICT (pair_low, pair_high) WHERE kind = 1 DO NOTHING RETURNING id
        """
    let id: Conversation.ID
    let pair: MemberPair

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(id)
        parameters.append(pair.low)
        parameters.append(pair.high)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Conversation.ID { try row.value(0) }
}

struct DirectConversation: Statement {
    static let sql = "SELECT id FROM conversations WHERE pair_low = $1 AND pair_high = $2 AND kind = 1"
    let pair: MemberPair

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(pair.low)
        parameters.append(pair.high)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Conversation.ID { try row.value(0) }
}

struct InsertParticipants: Statement {
    static let sql = "INSERT INTO participants (conversation_id, user_id) SELECT $1, unnest($2::uuid[])"
    let conversation: Conversation.ID
    let members: [Member.ID]

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(members)
    }
}

/// Notes that a conversation is new, which those in it hear of.
struct LogCreation: Statement {
    static let sql = "INSERT INTO changes (xid, conversation_id, rev, at) VALUES (pg_current_xact_id(), $1, 0, clock_timestamp())"
    let conversation: Conversation.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(conversation) }
}

/// Conversations, to somebody who is in them: one row for each participant. No rows to anybody else.
struct ConversationsFor: Statement {
    // What is the same in all rows of a conversation is found once, the unread count above all.
    static let sql = """
        WITH seen AS MATERIALIZED (
            SELECT c.id, c.kind, c.created_at, c.last_seq, c.rev, me.read_seq, \(UnreadConversations.count) AS unread, me.own_rev,
                   viewer.read_receipts
              FROM conversations c
              JOIN participants me ON me.conversation_id = c.id AND me.user_id = $2 AND me.left_rev IS NULL
              JOIN users viewer ON viewer.id = me.user_id
             WHERE c.id = ANY ($1))
        SELECT c.kind, c.created_at, c.last_seq, c.rev, c.read_seq, c.unread, u.id, u.username, u.display_name,
               CASE WHEN p.user_id = $2 OR c.read_receipts THEN p.shared_read_seq ELSE 0 END, p.delivered_seq, c.id, c.own_rev
          FROM seen c
          JOIN participants p ON p.conversation_id = c.id AND p.left_rev IS NULL
          JOIN users u ON u.id = p.user_id
         ORDER BY p.joined_at, u.id
        """
    let conversations: [Conversation.ID]
    let viewer: Member.ID

    struct Line: Sendable {
        let conversation: Conversation.ID
        let kind: Int16
        let createdAt: Timestamp
        let lastSeq: Int64
        let rev: Int64
        let readSeq: Int64
        let unread: Unread
        let ownRev: Int64
        let participant: Conversation.Participant
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversations)
        parameters.append(viewer)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        Line(
            conversation: try row.value(11), kind: try row.int16(0), createdAt: try row.value(1), lastSeq: try row.int64(2),
            rev: try row.int64(3), readSeq: try row.int64(4), unread: Unread(shown: try row.int64(5)), ownRev: try row.int64(12),
            participant: Conversation.Participant(
                profile: try Profile(row, from: 6), readSeq: try row.int64(9), deliveredSeq: try row.int64(10)))
    }
}

/// A member's direct conversations, the one that was active last first.
struct ConversationsOf: Statement {
    // The page is cut before names and messages are joined to it: those cost what a page costs. To find the page, the heads of all of the
    // member's conversations are read and sorted, since no index has the order of another table's column: 4 ms for 1,000, 0.15 ms for 20.
    static let sql = """
        SELECT c.id, c.created_at, c.last_message_at, c.rev, me.read_seq, \(UnreadConversations.count),
               CASE WHEN viewer.read_receipts THEN p.shared_read_seq ELSE 0 END, p.delivered_seq,
               u.id, u.username, u.display_name, m.seq, m.rev, m.sent_at, m.sender_id, m.kind, m.client_msg_id, m.body
          FROM (SELECT c.*, p.user_id AS viewer
                  FROM participants p JOIN conversations c ON c.id = p.conversation_id
                 WHERE p.user_id = $1 AND p.left_rev IS NULL AND c.kind = 1
                   AND ($2::timestamptz IS NULL OR (c.last_message_at, c.id) < ($2, $3::uuid))
                 ORDER BY c.last_message_at DESC, c.id DESC LIMIT $4) c
          JOIN users viewer ON viewer.id = c.viewer
          JOIN participants me ON me.conversation_id = c.id AND me.user_id = c.viewer
          JOIN users u ON u.id = CASE WHEN c.pair_low = c.viewer THEN c.pair_high ELSE c.pair_low END
          JOIN participants p ON p.conversation_id = c.id AND p.user_id = u.id
          LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq
         ORDER BY c.last_message_at DESC, c.id DESC
        """
    let member: Member.ID
    let before: Position?
    let limit: Int

    /// Where a conversation stands in the list.
    struct Position: Sendable {
        let activeAt: Timestamp
        let id: Conversation.ID

        var text: String { "\(activeAt.milliseconds).\(id)" }

        init(activeAt: Timestamp, id: Conversation.ID) {
            self.activeAt = activeAt
            self.id = id
        }

        init?(_ text: String) {
            let parts = text.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = Conversation.ID(String(parts[1])) else { return nil }
            let activeAt = Timestamp(milliseconds: milliseconds)
            guard Timestamp.earliest...Timestamp.latest ~= activeAt else { return nil }
            self.init(activeAt: activeAt, id: id)
        }
    }

    struct Line: Sendable {
        let position: Position
        let summary: Conversation.Summary
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(before?.activeAt)
        parameters.append(before?.id)
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        let id: Conversation.ID = try row.value(0)
        return Line(
            position: Position(activeAt: try row.value(2), id: id),
            summary: Conversation.Summary(
                id: id, kind: .direct, createdAt: try row.value(1), rev: try row.int64(3), peer: try Profile(row, from: 8),
                lastMessage: try MessageRow(row, from: 11, in: id), lastReadSeq: try row.int64(4),
                unread: Unread(shown: try row.int64(5)),
                others: OthersMarks(read: try row.int64(6), delivered: try row.int64(7))))
    }
}
