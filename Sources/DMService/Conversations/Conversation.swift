internal import JSON

/// People who write to each other.
struct Conversation: Sendable {
    typealias ID = Identifier<Conversation>

    /// The number stands in the database.
    enum Kind: Int16, Sendable {
        case direct = 1

        var name: String {
            switch self {
            case .direct: "direct"
            }
        }
    }

    let id: ID
    let kind: Kind
    let createdAt: Timestamp
    let participants: [Participant]
    /// Up to which the viewer has read.
    let lastReadSeq: Int64
    let unread: Unread
    /// `seq` of the newest message; 0 when there is none.
    let lastSeq: Int64
    /// Counts what every member may see: a client whose own is lower has missed something.
    let rev: Int64
    /// Counts what only the viewer sees.
    let ownRev: Int64

    /// Somebody in a conversation, as another of them sees them.
    struct Participant: Sendable {
        let profile: Profile
        /// Up to which they have read, as far as they tell the viewer, and up to which they have everything.
        let readSeq: Int64
        let deliveredSeq: Int64
    }
}

extension Conversation.Participant: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        profile.encodeFields(into: &json)
        json.field("last_read_seq", readSeq)
        json.field("last_delivered_seq", deliveredSeq)
        json.endObject()
    }
}

extension Conversation.Participant: JSONDescribed {
    static var schema: JSONSchema {
        .object(
            Profile.members + [
                .required("last_read_seq", .mark, "Up to which they have read, as far as they tell."),
                .required("last_delivered_seq", .mark, "Up to which a device of theirs has everything."),
            ]
        ).named("Participant")
    }
}

extension Conversation: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        encodeFields(into: &json)
        json.endObject()
    }

    /// The members of the object alone, for what says more of a conversation.
    func encodeFields(into json: inout JSONWriter) {
        json.field("id", id)
        json.field("kind", kind.name)
        json.field("created_at", createdAt)
        json.field("participants", participants)
        json.field("last_seq", lastSeq)
        json.field("last_read_seq", lastReadSeq)
        json.field("unread_count", unread.shown)
        json.field("rev", rev)
        json.field("own_rev", ownRev)
    }

    /// Its messages with how far each of the viewer's own got.
    func staging(_ messages: [Message], for viewer: Member.ID) -> [Message] {
        let others = participants.filter { $0.profile.id != viewer }
        let marks = OthersMarks(read: others.map(\.readSeq).min() ?? 0, delivered: others.map(\.deliveredSeq).min() ?? 0)
        return marks.staging(messages, of: viewer)
    }
}

extension Conversation: JSONDescribed {
    static var schema: JSONSchema { .object(members).named("Conversation") }

    static var members: [JSONSchema.Member] {
        [
            .required("id", Conversation.ID.schema), .required("kind", Kind.schema), .required("created_at", Timestamp.schema),
            .required("participants", .array(of: Participant.schema)),
            .required("last_seq", .mark, "Of the newest message; 0 when there is none."),
            .required("last_read_seq", .mark, "Up to which one has read."), .required("unread_count", Unread.schema),
            .required("rev", .rev, "Counts what every member sees."), .required("own_rev", .rev, "Counts what only oneself sees."),
        ]
    }
}

extension Conversation.Kind: JSONDescribed {
    static var schema: JSONSchema { .word("direct") }
}

extension JSONSchema {
    /// A place in a conversation; 0 is before the first message.
    static let mark = JSONSchema.integer(from: 0, example: 42)
    /// The place of a message.
    static let seq = JSONSchema.integer(from: 1, example: 42)
    /// How often what every member may see of a conversation has changed.
    static let rev = JSONSchema.integer(from: 0, example: 97)
    static let previousRev = JSONSchema.integer(from: 0, example: 96)
}

extension Conversation {
    /// `POST /conversations`.
    struct Draft: JSONDecodable, JSONDescribed {
        let recipient: Member.ID

        init(from json: inout JSONReader) throws(JSONError) {
            var recipient: Member.ID?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "recipient_id": recipient = try json.decode()
                default: try json.skip()
                }
            }
            self.recipient = try json.required("recipient_id", recipient)
        }

        static var schema: JSONSchema { .object([.required("recipient_id", Member.ID.schema)]) }
    }

    /// A conversation as the list of them shows it, to one of its members.
    struct Summary: Sendable, JSONEncodable, JSONDescribed {
        let id: ID
        let kind: Kind
        let createdAt: Timestamp
        let rev: Int64
        /// The other one.
        let peer: Profile
        let lastMessage: MessageRow?
        /// Up to which the viewer has read, and how much of the other one's there is beyond it.
        let lastReadSeq: Int64
        let unread: Unread
        let others: OthersMarks

        /// Characters (Unicode scalars) of the newest message that a list shows.
        static let previewLength = 120

        func encode(into json: inout JSONWriter) {
            json.beginObject()
            json.field("id", id)
            json.field("kind", kind.name)
            json.field("peer", peer)
            json.key("last_message")
            if let lastMessage { encodePreview(of: lastMessage, into: &json) } else { json.null() }
            json.field("last_read_seq", lastReadSeq)
            json.field("unread_count", unread.shown)
            json.field("created_at", createdAt)
            json.field("rev", rev)
            json.endObject()
        }

        private func encodePreview(of message: MessageRow, into json: inout JSONWriter) {
            json.beginObject()
            json.field("id", message.id)
            json.field("seq", message.seq)
            json.field("sender_id", message.sender)
            json.field("type", message.kind)
            json.field("preview", message.content.prefix(scalars: Self.previewLength))
            json.field("sent_at", message.sentAt)
            json.field("status", message.sender == peer.id ? .sent : others.stage(of: message.seq))
            json.endObject()
        }

        static var schema: JSONSchema {
            let preview = JSONSchema.object([
                .required("id", Message.ID.schema), .required("seq", .seq), .required("sender_id", Member.ID.schema),
                .required("type", Message.Kind.schema),
                .required("preview", .string(0...previewLength, example: "Hello"), "The beginning of the text."),
                .required("sent_at", Timestamp.schema), .required("status", MessageStage.schema),
            ])
            return .object([
                .required("id", Conversation.ID.schema), .required("kind", Kind.schema),
                .required("peer", Profile.schema, "The other one."), .required("last_message", preview.orNull),
                .required("last_read_seq", .mark, "Up to which one has read."), .required("unread_count", Unread.schema),
                .required("created_at", Timestamp.schema), .required("rev", .rev),
            ]).named("ConversationSummary")
        }
    }
}

extension String {
    /// The first `count` Unicode scalars, or all of it.
    func prefix(scalars count: Int) -> String {
        guard utf8.count > count else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}
