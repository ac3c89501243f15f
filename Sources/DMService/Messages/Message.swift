internal import JSON

/// Something that was said in a conversation, as everybody in it sees it.
struct Message: Sendable {
    typealias ID = MessageID

    /// The number stands in the database.
    enum Kind: Int16, Sendable {
        case text = 1
    }

    let conversation: Conversation.ID
    /// Place in the conversation: dense, from 1.
    let seq: Int64
    /// The conversation's `rev` when this message last changed.
    let rev: Int64
    let sender: Profile
    let kind: Kind
    let content: String
    /// The sender's own name for it, if they gave one.
    let clientID: ClientMessageID?
    let sentAt: Timestamp
    /// How far it got, where that is known: to its sender.
    var stage = MessageStage.sent

    var id: ID { ID(conversation: conversation, seq: seq, sentAt: sentAt) }
}

extension Message: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        encodeFields(into: &json)
        json.endObject()
    }

    /// The members of the object alone, for events that say more.
    func encodeFields(into json: inout JSONWriter) {
        json.field("id", id)
        json.field("conversation_id", conversation)
        json.field("seq", seq)
        json.field("rev", rev)
        json.field("sender_id", sender.id)
        json.field("sender", sender)
        json.field("type", kind)
        json.field("content", content)
        json.field("client_msg_id", clientID?.text)
        json.field("sent_at", sentAt)
        json.field("status", stage)
    }
}

extension Message.Kind: JSONEncodable, JSONDecodable {
    func encode(into json: inout JSONWriter) {
        switch self {
        case .text: json.string("text")
        }
    }

    init(from json: inout JSONReader) throws(JSONError) {
        switch try json.string() {
        case "text": self = .text
        default: throw json.invalid(expected: "text")
        }
    }
}
