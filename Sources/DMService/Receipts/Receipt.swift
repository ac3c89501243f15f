internal import JSON

/// How far somebody has got in a conversation, as the others see it.
struct Receipt: Sendable {
    /// The message at which a mark stands.
    struct Mark: Equatable, Sendable {
        let seq: Int64
        let sentAt: Timestamp

        func id(in conversation: Conversation.ID) -> Message.ID { Message.ID(conversation: conversation, seq: seq, sentAt: sentAt) }
    }

    enum Kind: Int16, Sendable {
        /// A device of theirs has it.
        case delivered = 1
        case read = 2
    }

    let conversation: Conversation.ID
    let member: Member.ID
    /// Which of the marks moved last.
    let kind: Kind
    /// Up to which they have read; `nil` for nothing, and where they do not tell.
    let read: Mark?
    /// Up to which a device of theirs has everything; never before ``read``.
    let delivered: Mark?
    /// The conversation's `rev` when a mark last moved.
    let rev: Int64
    let at: Timestamp

    /// The same to those who are not told what others read.
    var withoutRead: Receipt {
        Receipt(conversation: conversation, member: member, kind: .delivered, read: nil, delivered: delivered, rev: rev, at: at)
    }
}

/// What sockets are told of receipts.
enum ReceiptEvents {
    /// `read_update` or `delivered_update`, to everybody in the conversation.
    ///
    /// - Parameter previousRev: the conversation's `rev` before it, by which a client notices that it missed something.
    static func moved(_ receipt: Receipt, after previousRev: Int64) -> Frame {
        Frame(
            whole: update(receipt, after: previousRev),
            withoutReads: receipt.read == nil ? nil : update(receipt.withoutRead, after: previousRev))
    }

    private static func update(_ receipt: Receipt, after previousRev: Int64) -> [UInt8] {
        SocketFrame.event(type(of: receipt.kind)) { json in
            json.beginObject()
            encode(receipt, into: &json)
            json.field("rev", receipt.rev)
            json.field("prev_rev", previousRev)
            json.endObject()
        }
    }

    /// The answer to a member who moved a mark, and the news for their other devices where nobody else hears of it.
    static func own(_ standing: Standing, to command: JSONFragment? = nil) -> [UInt8] {
        SocketFrame.answer(type(of: standing.kind), to: command) { json in
            standing.encode(into: &json)
        }
    }

    private static func type(of kind: Receipt.Kind) -> SocketFrame.Kind {
        switch kind {
        case .delivered: .deliveredUpdate
        case .read: .readUpdate
        }
    }

    static func encode(_ receipt: Receipt, into json: inout JSONWriter) {
        json.field("conversation_id", receipt.conversation)
        json.field("user_id", receipt.member)
        if let read = receipt.read {
            json.field("last_read_message_id", read.id(in: receipt.conversation))
            json.field("last_read_seq", read.seq)
        }
        if let delivered = receipt.delivered {
            json.field("last_delivered_message_id", delivered.id(in: receipt.conversation))
            json.field("last_delivered_seq", delivered.seq)
        }
        json.field("at", receipt.at)
    }

    /// With `rev` and `prev_rev` everybody in the conversation hears of it, with `own_rev` its owner alone.
    static var schema: JSONSchema {
        .object(
            members + [
                .optional("rev", .rev), .optional("prev_rev", .previousRev, "The conversation's `rev` before it."),
                .optional("own_rev", .rev, "Instead of both: nobody else hears of it."),
            ])
    }

    /// What ``encode(_:into:)`` writes.
    static var members: [JSONSchema.Member] {
        [
            .required("conversation_id", Conversation.ID.schema), .required("user_id", Member.ID.schema, "Whose marks they are."),
            .optional("last_read_message_id", Message.ID.schema), .optional("last_read_seq", .mark),
            .optional("last_delivered_message_id", Message.ID.schema), .optional("last_delivered_seq", .mark),
            .required("at", Timestamp.schema),
        ]
    }
}
