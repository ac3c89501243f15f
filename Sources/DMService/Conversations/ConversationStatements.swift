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

/// A conversation, to somebody who is in it: one row for each participant. No rows to anybody else.
struct ConversationFor: Statement {
    static let sql = """
        SELECT c.kind, c.created_at, c.last_seq, c.rev, me.read_seq, \(UnreadConversations.count),
               u.id, u.username, u.display_name,
               CASE WHEN p.user_id = $2 OR viewer.read_receipts THEN p.shared_read_seq ELSE 0 END, p.delivered_seq
          FROM conversations c
          JOIN participants me ON me.conversation_id = c.id AND me.user_id = $2 AND me.left_rev IS NULL
          JOIN users viewer ON viewer.id = me.user_id
          JOIN participants p ON p.conversation_id = c.id AND p.left_rev IS NULL
          JOIN users u ON u.id = p.user_id
         WHERE c.id = $1
         ORDER BY p.joined_at, u.id
        """
    let conversation: Conversation.ID
    let viewer: Member.ID

    struct Line: Sendable {
        let kind: Int16
        let createdAt: Timestamp
        let lastSeq: Int64
        let rev: Int64
        let readSeq: Int64
        let unread: Unread
        let participant: Conversation.Participant
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(viewer)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        Line(
            kind: try row.int16(0), createdAt: try row.value(1), lastSeq: try row.int64(2), rev: try row.int64(3),
            readSeq: try row.int64(4), unread: Unread(shown: try row.int64(5)),
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
