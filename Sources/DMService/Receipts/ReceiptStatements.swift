internal import JSON
internal import Postgres

/// Moves the marks of several members. One row for each, in their order.
struct MarkReceipts: Statement {
    static let sql = """
        SELECT outcome, read_seq, read_sent, delivered_seq, delivered_sent, shared_seq, shared_sent, read_moved, shared_moved, rev, own_rev, at,
               members_rev
          FROM mark_receipts($1, $2, $3, $4, $5)
        """
    /// Grouped by conversation, ascending; each member once in a conversation.
    let entries: [Entry]

    struct Entry: Sendable {
        let conversation: Conversation.ID
        let member: Member.ID
        /// 0: that mark is not to move.
        var read: Int64 = 0
        var delivered: Int64 = 0
    }

    /// What the database says of one of them.
    enum Outcome: Sendable {
        case standing(Result)
        case notAParticipant
    }

    struct Result: Sendable {
        let read: Receipt.Mark?
        let delivered: Receipt.Mark?
        /// As far as others see it.
        let shared: Receipt.Mark?
        let readMoved: Bool
        /// Whether others see the read mark move.
        let sharedMoved: Bool
        /// Of the conversation, if others see a change.
        let rev: Int64?
        let ownRev: Int64
        let at: Timestamp
        let membersRev: Int64
    }

    func bind(to parameters: inout ParameterWriter) {
        var locks: [Conversation.ID] = []
        for entry in entries where locks.last != entry.conversation { locks.append(entry.conversation) }
        parameters.append(locks)
        parameters.append(each: entries) { $0.conversation }
        parameters.append(each: entries) { $0.member }
        parameters.append(each: entries) { $0.read }
        parameters.append(each: entries) { $0.delivered }
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Outcome {
        guard try row.int16(0) == 0 else { return .notAParticipant }
        return .standing(
            Result(
                read: try Receipt.Mark(row, from: 1), delivered: try Receipt.Mark(row, from: 3), shared: try Receipt.Mark(row, from: 5),
                readMoved: try row.value(7), sharedMoved: try row.value(8), rev: try row.optional(9), ownRev: try row.int64(10),
                at: try row.value(11), membersRev: try row.int64(12)))
    }
}

extension Receipt.Mark {
    /// Reads `seq, sent_at`; `nil` before the first message.
    init?(_ row: borrowing Row, from first: Int) throws(PostgresError) {
        guard let seq: Int64 = try row.optional(first), seq > 0, let sentAt: Timestamp = try row.optional(first + 1) else { return nil }
        self.init(seq: seq, sentAt: sentAt)
    }
}

/// Whose marks moved between two `rev` of a conversation, and were not moved since.
struct ReceiptsBetween: Statement {
    static let sql = """
        SELECT p.user_id, p.shared_read_seq, r.sent_at, p.delivered_seq, d.sent_at, p.rev,
               greatest(\(newest(kind: 1)), \(newest(kind: 2)))
          FROM participants p
          LEFT JOIN messages r ON r.conversation_id = p.conversation_id AND r.seq = p.shared_read_seq
          LEFT JOIN messages d ON d.conversation_id = p.conversation_id AND d.seq = p.delivered_seq
         WHERE p.conversation_id = $1 AND p.rev > $2 AND p.rev < $3 AND p.delivered_seq > 0
        """
    let gap: RevGap

    private static func newest(kind: Int) -> String {
        """
        (SELECT at FROM receipts WHERE conversation_id = p.conversation_id AND user_id = p.user_id AND kind = \(kind) ORDER BY seq DESC LIMIT 1)
        """
    }

    func bind(to parameters: inout ParameterWriter) { gap.bind(to: &parameters) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Receipt {
        let read = try Receipt.Mark(row, from: 1)
        return Receipt(
            conversation: gap.conversation, member: try row.value(0), kind: read == nil ? .delivered : .read, read: read,
            delivered: try Receipt.Mark(row, from: 3), rev: try row.int64(5), at: try row.value(6))
    }
}

/// Where a message stands, if its viewer can see it: in a conversation that is named, or in any of theirs.
struct MessagePlace: Statement {
    // A message's id ends like its conversation's: few of a member's conversations are looked into.
    static let sql = """
        SELECT m.conversation_id, m.sender_id
          FROM participants p JOIN messages m ON m.conversation_id = p.conversation_id AND m.seq = $3 AND m.sent_at = $4
         WHERE p.user_id = $1 AND p.left_rev IS NULL AND ($2::uuid IS NULL OR p.conversation_id = $2)
           AND right(p.conversation_id::text, \(Message.ID.tailDigits)) = $5
        """
    let message: Message.ID
    let conversation: Conversation.ID?
    let viewer: Member.ID

    struct Place: Sendable {
        let conversation: Conversation.ID
        let sender: Member.ID
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(viewer)
        parameters.append(conversation)
        parameters.append(message.seq)
        parameters.append(message.sentAt)
        parameters.append(message.conversationTail)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Place {
        Place(conversation: try row.value(0), sender: try row.value(1))
    }
}

/// When each of the others had a message and read it. Who does not tell what they read is not told what others do.
struct RecipientsOfMessage: Statement {
    static let sql = """
        SELECT p.user_id,
               \(first(kind: 1)),
               CASE WHEN p.user_id = $4 OR (SELECT read_receipts FROM users WHERE id = $4) THEN \(first(kind: 2)) END
          FROM participants p
         WHERE p.conversation_id = $1 AND p.user_id <> $3 AND p.left_rev IS NULL
         ORDER BY p.user_id
        """
    let conversation: Conversation.ID
    let seq: Int64
    let sender: Member.ID
    let viewer: Member.ID

    /// When a mark first reached the message.
    private static func first(kind: Int) -> String {
        "(SELECT at FROM receipts WHERE conversation_id = $1 AND user_id = p.user_id AND kind = \(kind) AND seq >= $2 ORDER BY seq LIMIT 1)"
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(seq)
        parameters.append(sender)
        parameters.append(viewer)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> MessageStatus.Recipient {
        MessageStatus.Recipient(member: try row.value(0), deliveredAt: try row.optional(1), readAt: try row.optional(2))
    }
}

/// The conversations of a member in which there is something of others beyond their read mark, the latest first.
struct UnreadConversations: Statement {
    static let sql = """
        SELECT * FROM (
            SELECT c.id, \(count) AS unread, c.last_message_at
              FROM participants me JOIN conversations c ON c.id = me.conversation_id AND c.last_seq > me.read_seq
             WHERE me.user_id = $1 AND me.left_rev IS NULL) u
         WHERE u.unread > 0
         ORDER BY u.last_message_at DESC, u.id
        """

    /// How much of others there is in the conversation `c` beyond the read mark of its participant `me`. Who has blocked the other one is not
    /// reminded of them. Source: ACCEPTANCE C7.
    static let count = """
        (SELECT count(*) FROM (
             SELECT FROM (SELECT n.sender_id FROM messages n
                           WHERE n.conversation_id = c.id AND n.seq > me.read_seq AND me.barred & 2 = 0
                           ORDER BY n.seq LIMIT \(Unread.reach)) n
              WHERE n.sender_id <> me.user_id LIMIT \(Unread.limit + 1)) counted)
        """
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> UnreadCounts.Line {
        UnreadCounts.Line(conversation: try row.value(0), count: Unread(shown: try row.int64(1)))
    }
}
