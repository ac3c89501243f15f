internal import JSON
internal import Postgres

/// One line of a page of history: the conversation's newest `seq`, and a message.
///
/// A viewer who is in the conversation gets at least one line, without a message if there is none: so membership is
/// decided in the statement that reads, and an empty conversation differs from one that does not exist.
struct HistoryLine: Sendable {
    let headSeq: Int64
    let message: Message?

    init(_ row: borrowing Row, in conversation: Conversation.ID) throws(PostgresError) {
        headSeq = try row.int64(0)
        guard let seq: Int64 = try row.optional(1) else {
            message = nil
            return
        }
        guard let kind = Message.Kind(rawValue: try row.int16(4)) else { throw PostgresError(.undecodableRow) }
        message = Message(
            conversation: conversation, seq: seq, rev: try row.int64(2), sender: try Profile(row, from: 7), kind: kind,
            content: try row.text(6), clientID: try row.optional(5, as: String.self).flatMap(ClientMessageID.init(_:)),
            sentAt: try row.value(3))
    }
}

/// Messages before a place, newest first.
struct MessagesBefore: Statement {
    static let sql = """
        SELECT c.last_seq, m.seq, m.rev, m.sent_at, m.kind, m.client_msg_id, m.body, u.id, u.username, u.display_name
          FROM participants p
          JOIN conversations c ON c.id = p.conversation_id
          LEFT JOIN LATERAL (
               SELECT * FROM messages m WHERE m.conversation_id = p.conversation_id AND m.seq < $3 ORDER BY m.seq DESC LIMIT $4
          ) m ON true
          LEFT JOIN users u ON u.id = m.sender_id
         WHERE p.conversation_id = $1 AND p.user_id = $2 AND p.left_rev IS NULL
         ORDER BY m.seq DESC
        """
    let conversation: Conversation.ID
    let viewer: Member.ID
    let seq: Int64
    let limit: Int

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(viewer)
        parameters.append(seq)
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> HistoryLine { try HistoryLine(row, in: conversation) }
}

/// Messages after a place, oldest first.
struct MessagesAfter: Statement {
    static let sql = """
        SELECT c.last_seq, m.seq, m.rev, m.sent_at, m.kind, m.client_msg_id, m.body, u.id, u.username, u.display_name
          FROM participants p
          JOIN conversations c ON c.id = p.conversation_id
          LEFT JOIN LATERAL (
               SELECT * FROM messages m WHERE m.conversation_id = p.conversation_id AND m.seq > $3 ORDER BY m.seq LIMIT $4
          ) m ON true
          LEFT JOIN users u ON u.id = m.sender_id
         WHERE p.conversation_id = $1 AND p.user_id = $2 AND p.left_rev IS NULL
         ORDER BY m.seq
        """
    let conversation: Conversation.ID
    let viewer: Member.ID
    let seq: Int64
    let limit: Int

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(viewer)
        parameters.append(seq)
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> HistoryLine { try HistoryLine(row, in: conversation) }
}
