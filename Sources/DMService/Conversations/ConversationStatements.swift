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

/// The direct conversation of two people, if they have one, and what stands between them. One row, also for people whom nobody knows.
struct DirectConversation: Statement {
    static let sql = """
        SELECT (SELECT id FROM conversations WHERE pair_low = least($1::uuid, $2) AND pair_high = greatest($1, $2) AND kind = 1), bars($1, $2)
        """
    let member: Member.ID
    let other: Member.ID

    struct Finding: Sendable {
        let conversation: Conversation.ID?
        /// As `member` sees it.
        let bars: Bars
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(other)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Finding {
        Finding(conversation: try row.optional(0), bars: Bars(rawValue: try row.int16(1)))
    }
}

/// Lets nobody else change what two people are to each other until the transaction ends.
struct LockPair: Statement {
    static let sql = "SELECT lock_pair($1, $2)"
    let pair: MemberPair

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(pair.low)
        parameters.append(pair.high)
    }
}

/// Puts both into their conversation, with what stands between them.
struct InsertParticipants: Statement {
    static let sql = "INSERT INTO participants (conversation_id, user_id, barred) VALUES ($1, $2, bars($2, $3)), ($1, $3, bars($3, $2))"
    let conversation: Conversation.ID
    /// Who began it.
    let member: Member.ID
    let other: Member.ID

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(member)
        parameters.append(other)
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
    static let sql = text(where: "")

    /// - Parameter condition: `AND …` on a conversation `c` and the member's own row `p` of it.
    static func text(where condition: String) -> String {
        """
        SELECT c.id, c.created_at, c.last_message_at, c.rev, me.read_seq, \(UnreadConversations.count),
               CASE WHEN viewer.read_receipts THEN p.shared_read_seq ELSE 0 END, p.delivered_seq,
               u.id, u.username, u.display_name, m.seq, m.rev, m.sent_at, m.sender_id, m.kind, m.client_msg_id, m.body
          FROM (SELECT c.*, p.user_id AS viewer
                  FROM participants p JOIN conversations c ON c.id = p.conversation_id
                 WHERE p.user_id = $1 AND p.left_rev IS NULL AND c.kind = 1
                   AND ($2::timestamptz IS NULL OR (c.last_message_at, c.id) < ($2, $3::uuid)) \(condition)
                 ORDER BY c.last_message_at DESC, c.id DESC LIMIT $4) c
          JOIN users viewer ON viewer.id = c.viewer
          JOIN participants me ON me.conversation_id = c.id AND me.user_id = c.viewer
          JOIN users u ON u.id = CASE WHEN c.pair_low = c.viewer THEN c.pair_high ELSE c.pair_low END
          JOIN participants p ON p.conversation_id = c.id AND p.user_id = u.id
          LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq
         ORDER BY c.last_message_at DESC, c.id DESC
        """
    }

    let member: Member.ID
    let before: Position?
    let limit: Int

    /// Where a conversation stands in the list.
    typealias Position = TimePosition<Conversation>

    struct Line: Sendable {
        let position: Position
        let summary: Conversation.Summary
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(before?.at)
        parameters.append(before?.id)
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        let id: Conversation.ID = try row.value(0)
        return Line(
            position: Position(at: try row.value(2), id: id),
            summary: Conversation.Summary(
                id: id, kind: .direct, createdAt: try row.value(1), rev: try row.int64(3), peer: try Profile(row, from: 8),
                lastMessage: try MessageRow(row, from: 11, in: id), lastReadSeq: try row.int64(4),
                unread: Unread(shown: try row.int64(5)),
                others: OthersMarks(read: try row.int64(6), delivered: try row.int64(7))))
    }
}

/// The same, but only those with something unread, or only those with somebody whose name a text begins; or both.
struct ConversationsMatching: Statement {
    static let sql = ConversationsOf.text(
        where: """
            AND (NOT $5::boolean OR c.last_seq > p.read_seq AND p.barred & 2 = 0
                 AND EXISTS (SELECT FROM messages n WHERE n.conversation_id = c.id AND n.seq > p.read_seq AND n.sender_id <> p.user_id))
            AND ($6::text IS NULL
                 OR \(NameMatch.key(of: "$6")) <> ''
                    AND EXISTS (SELECT FROM user_names n
                                 WHERE n.user_id = CASE WHEN c.pair_low = p.user_id THEN c.pair_high ELSE c.pair_low END
                                   AND \(NameMatch.condition(on: "n", text: "$6"))))
            """)
    let page: ConversationsOf
    let isUnreadOnly: Bool
    /// The beginning of a username or of a word of a display name; `nil` for all.
    let name: String?

    func bind(to parameters: inout ParameterWriter) {
        page.bind(to: &parameters)
        parameters.append(isUnreadOnly)
        parameters.append(name)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> ConversationsOf.Line { try page.decode(row) }
}
