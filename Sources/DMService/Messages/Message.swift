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

extension Message: JSONDescribed {
    static var schema: JSONSchema { .object(members).named("Message") }

    static var members: [JSONSchema.Member] {
        [
            .required("id", ID.schema), .required("conversation_id", Conversation.ID.schema),
            .required("seq", .seq, "Place in the conversation, counted from 1 without holes."),
            .required("rev", .rev, "The conversation's `rev` when the message last changed."), .required("sender_id", Member.ID.schema),
            .required("sender", Profile.schema), .required("type", Kind.schema), .required("content", .string(example: "Hello")),
            .required("client_msg_id", ClientMessageID.schema.orNull, "The sender's own name for it."),
            .required("sent_at", Timestamp.schema),
            .required("status", MessageStage.schema, "How far it got; above `sent` only to its sender."),
        ]
    }
}

extension Message.Kind: JSONDescribed {
    static var schema: JSONSchema { .word("text") }
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
