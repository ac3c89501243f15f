internal import JSON

/// What a device has to know to be up to date: all that matters of its account, or what changed since it last asked.
struct SyncAnswer: Sendable {
    /// A conversation as it stands, and what is new in it.
    struct Entry: Sendable {
        let conversation: Conversation
        /// Oldest first: the newest of those that are new or changed.
        let messages: [Message]
    }

    let token: SyncToken
    /// Whether it stands for itself: what the device knew is to be dropped.
    let isSnapshot: Bool
    /// Whether to ask again at once, with the new token.
    var hasMore = false
    /// Where `GET /conversations` goes on after a snapshot.
    var nextCursor: String?
    /// One's own account, if it changed.
    let account: OwnAccount?
    let entries: [Entry]

    /// Whether nothing has changed.
    var isEmpty: Bool { !isSnapshot && !hasMore && account == nil && entries.isEmpty }
}

extension SyncAnswer: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("token", token.text)
        json.field("reset", isSnapshot)
        json.field("has_more", hasMore)
        if isSnapshot { json.field("next_cursor", nextCursor) }
        json.field("me", ifPresent: account)
        json.field("conversations", entries)
        json.endObject()
    }
}

extension SyncAnswer.Entry: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        conversation.encodeFields(into: &json)
        json.field("messages", messages)
        json.endObject()
    }

    /// About how many bytes it takes.
    var weight: Int { 600 + messages.reduce(0) { $0 + 400 + $1.content.utf8.count } }
}

extension SyncAnswer: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("token", SyncToken.schema, "Keep it: the next answer tells what changed since."),
            .required("reset", .boolean(example: false), "This is how all stands: drop what you kept."),
            .required("has_more", .boolean(example: false), "Ask again at once, with the new token."),
            .optional("next_cursor", .string(example: "YjQy").orNull, "With `reset`: where `GET /conversations` goes on."),
            .optional("me", OwnAccount.schema, "One's own account, if it changed."),
            .required("conversations", .array(of: Entry.schema), "Each as it stands, with what is new in it."),
        ]).named("Sync")
    }
}

extension SyncAnswer.Entry: JSONDescribed {
    static var schema: JSONSchema {
        .object(
            Conversation.members + [
                .required("messages", .array(of: Message.schema), "The newest of those that are new or changed, oldest first.")
            ]
        ).named("SyncedConversation")
    }
}
