internal import JSON
internal import Postgres

/// One line of a page of history: the conversation's newest `seq`, and a message.
///
/// A viewer who is in the conversation gets at least one line, without a message if there is none: so membership is
/// decided in the statement that reads, and an empty conversation differs from one that does not exist.
struct HistoryLine: Sendable {
    let headSeq: Int64
    let others: OthersMarks
    let message: MessageRow?

    /// Up to where all but the viewer `$2` have read and have everything, in the conversation `$1`: one row, found once for a page.
    static let others = """
        (SELECT CASE WHEN (SELECT read_receipts FROM users WHERE id = $2) THEN coalesce(min(o.shared_read_seq), 0) ELSE 0 END AS read,
                coalesce(min(o.delivered_seq), 0) AS delivered
           FROM participants o WHERE o.conversation_id = $1 AND o.user_id <> $2 AND o.left_rev IS NULL)
        """

    init(_ row: borrowing Row, in conversation: Conversation.ID) throws(PostgresError) {
        headSeq = try row.int64(0)
        others = OthersMarks(read: try row.int64(1), delivered: try row.int64(2))
        message = try MessageRow(row, from: 3, in: conversation)
    }
}

/// Where a page of history begins, and who reads it.
struct HistoryPlace: Sendable {
    let conversation: Conversation.ID
    let viewer: Member.ID
    let seq: Int64
    let limit: Int
}

/// Reads a page of history from a place.
protocol HistoryStatement: Statement where Output == HistoryLine {
    var place: HistoryPlace { get }
}

extension HistoryStatement {
    func bind(to parameters: inout ParameterWriter) {
        parameters.append(place.conversation)
        parameters.append(place.viewer)
        parameters.append(place.seq)
        parameters.append(Int64(place.limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> HistoryLine { try HistoryLine(row, in: place.conversation) }
}

/// Messages before a place, newest first.
struct MessagesBefore: HistoryStatement {
    static let sql = """
        SELECT c.last_seq, others.read, others.delivered, m.seq, m.rev, m.sent_at, m.sender_id, m.kind, m.client_msg_id, m.body
          FROM participants p
          JOIN conversations c ON c.id = $1
          CROSS JOIN \(HistoryLine.others) others
          LEFT JOIN (SELECT * FROM messages WHERE conversation_id = $1 AND seq < $3 ORDER BY seq DESC LIMIT $4) m ON true
         WHERE p.conversation_id = $1 AND p.user_id = $2 AND p.left_rev IS NULL
         ORDER BY m.seq DESC
        """
    let place: HistoryPlace
}

/// What was said between two `rev` of a conversation, oldest first, as far as it is among the newest messages.
struct MessagesBetween: Statement {
    // No index has the order of `rev`, which would make every send dearer. A message's `rev` rises with its `seq` and is never below it.
    static let sql = """
        SELECT seq, rev, sent_at, sender_id, kind, client_msg_id, body
          FROM (SELECT * FROM messages WHERE conversation_id = $1 AND seq < $3 ORDER BY seq DESC LIMIT \(newest)) m
         WHERE m.rev > $2 AND m.rev < $3 ORDER BY m.seq
        """
    private static let newest = 1000

    let gap: RevGap

    func bind(to parameters: inout ParameterWriter) { gap.bind(to: &parameters) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> MessageRow {
        guard let message = try MessageRow(row, from: 0, in: gap.conversation) else { throw PostgresError(.undecodableRow) }
        return message
    }
}

/// Messages after a place, oldest first.
struct MessagesAfter: HistoryStatement {
    static let sql = """
        SELECT c.last_seq, others.read, others.delivered, m.seq, m.rev, m.sent_at, m.sender_id, m.kind, m.client_msg_id, m.body
          FROM participants p
          JOIN conversations c ON c.id = $1
          CROSS JOIN \(HistoryLine.others) others
          LEFT JOIN (SELECT * FROM messages WHERE conversation_id = $1 AND seq > $3 ORDER BY seq LIMIT $4) m ON true
         WHERE p.conversation_id = $1 AND p.user_id = $2 AND p.left_rev IS NULL
         ORDER BY m.seq
        """
    let place: HistoryPlace
}
