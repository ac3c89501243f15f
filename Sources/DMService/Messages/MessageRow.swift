internal import JSON
internal import Postgres

/// A message as it is stored: its sender's name stands elsewhere.
struct MessageRow: Sendable {
    let conversation: Conversation.ID
    let seq: Int64
    let rev: Int64
    let sentAt: Timestamp
    let sender: Member.ID
    let kind: Message.Kind
    let clientID: ClientMessageID?
    let content: String

    var id: Message.ID { Message.ID(conversation: conversation, seq: seq, sentAt: sentAt) }

    /// Reads `seq, rev, sent_at, sender_id, kind, client_msg_id, body`, which begin at the column `first`; `nil` when there is no message.
    init?(_ row: borrowing Row, from first: Int, in conversation: Conversation.ID) throws(PostgresError) {
        guard let seq: Int64 = try row.optional(first) else { return nil }
        guard let kind = Message.Kind(rawValue: try row.int16(first + 4)) else { throw PostgresError(.undecodableRow) }
        self.conversation = conversation
        self.seq = seq
        self.kind = kind
        rev = try row.int64(first + 1)
        sentAt = try row.value(first + 2)
        sender = try row.value(first + 3)
        clientID = try row.optional(first + 5, as: String.self).flatMap(ClientMessageID.init(_:))
        content = try row.text(first + 6)
    }

    func message(from profile: Profile) -> Message {
        Message(
            conversation: conversation, seq: seq, rev: rev, sender: profile, kind: kind, content: content, clientID: clientID,
            sentAt: sentAt)
    }
}
