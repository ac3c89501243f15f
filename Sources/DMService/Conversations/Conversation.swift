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

extension Conversation {
    /// `POST /conversations`.
    struct Draft: JSONDecodable {
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
    }

    /// A conversation as the list of them shows it, to one of its members.
    struct Summary: Sendable, JSONEncodable {
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
    }
}

extension String {
    /// The first `count` Unicode scalars, or all of it.
    func prefix(scalars count: Int) -> String {
        guard utf8.count > count else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}
