internal import JSON

/// What became of a message, as far as its readers tell.
struct MessageStatus: Sendable {
    /// One of those it was for.
    struct Recipient: Sendable {
        let member: Member.ID
        /// When a device of theirs had it, and when they read it; `nil` for not yet, and where they or the asker do not share it.
        let deliveredAt: Timestamp?
        let readAt: Timestamp?

        var stage: MessageStage { readAt != nil ? .read : deliveredAt != nil ? .delivered : .sent }
    }

    let message: Message.ID
    let conversation: Conversation.ID
    let sentAt: Timestamp
    let recipients: [Recipient]
}

/// How far a message got: stored, on a device of each of the others, read by each of them.
enum MessageStage: Int, Sendable, Comparable {
    case sent, delivered, read

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

extension MessageStage: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        switch self {
        case .sent: json.string("sent")
        case .delivered: json.string("delivered")
        case .read: json.string("read")
        }
    }
}

extension MessageStage: JSONDescribed {
    static var schema: JSONSchema { .word("sent", "delivered", "read") }
}

/// Up to where all of the others have got.
struct OthersMarks: Sendable {
    let read: Int64
    let delivered: Int64

    func stage(of seq: Int64) -> MessageStage { seq <= read ? .read : seq <= delivered ? .delivered : .sent }

    /// Messages with how far each got that `sender` sent.
    func staging(_ messages: [Message], of sender: Member.ID) -> [Message] {
        var messages = messages
        for index in messages.indices where messages[index].sender.id == sender { messages[index].stage = stage(of: messages[index].seq) }
        return messages
    }
}

extension MessageStatus: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("message_id", message)
        json.field("conversation_id", conversation)
        json.field("status", recipients.map(\.stage).min() ?? .sent)
        json.field("sent_at", sentAt)
        json.field("recipients", recipients)
        json.endObject()
    }
}

extension MessageStatus.Recipient: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("user_id", member)
        json.field("status", stage)
        json.field("delivered_at", ifPresent: deliveredAt)
        json.field("read_at", ifPresent: readAt)
        json.endObject()
    }
}

extension MessageStatus: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("message_id", Message.ID.schema), .required("conversation_id", Conversation.ID.schema),
            .required("status", MessageStage.schema, "How far it got with all of them."), .required("sent_at", Timestamp.schema),
            .required("recipients", .array(of: Recipient.schema)),
        ]).named("MessageStatus")
    }
}

extension MessageStatus.Recipient: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("user_id", Member.ID.schema), .required("status", MessageStage.schema), .optional("delivered_at", Timestamp.schema),
            .optional("read_at", Timestamp.schema),
        ])
    }
}

/// What a member has not read.
struct UnreadCounts: Sendable, JSONEncodable {
    struct Line: Sendable {
        let conversation: Conversation.ID
        let count: Unread
    }

    let conversations: [Line]

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("total", conversations.reduce(0) { $0 + $1.count.shown })
        json.key("conversations")
        json.beginArray()
        for line in conversations {
            json.beginObject()
            json.field("conversation_id", line.conversation)
            json.field("unread_count", line.count.shown)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

extension UnreadCounts: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("total", .integer(from: 0, example: 3)),
            .required(
                "conversations",
                .array(of: .object([.required("conversation_id", Conversation.ID.schema), .required("unread_count", Unread.schema)])),
                "Those with something unread."),
        ]).named("UnreadCounts")
    }
}

/// A count of unread messages, exact up to a limit: nobody tells 999 from more, and to count on would cost more and more.
struct Unread: Sendable {
    /// Above this, only that there are more is known. Told as the limit plus one.
    static let limit = 999

    /// Messages beyond the read mark that are looked at, one's own among them. Who writes more than that without ever reading is told of
    /// what is among these.
    static let reach = 5_000

    let shown: Int64
}

extension Unread: JSONDescribed {
    static var schema: JSONSchema { .integer(from: 0, to: Int64(limit) + 1, example: 3) }
}
