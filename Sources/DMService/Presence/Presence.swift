internal import JSON

/// Whether somebody is there, as one other person sees them.
struct Presence: Sendable, Equatable {
    let member: Member.ID
    let isOnline: Bool
    /// When they were last there; `nil` while they are, and where it is not known or not told.
    let lastSeen: Timestamp?

    /// Somebody who may not be seen. It reads the same as somebody who was never there, and as nobody.
    static func hidden(_ member: Member.ID) -> Presence { Presence(member: member, isOnline: false, lastSeen: nil) }
}

extension Presence: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("user_id", member)
        json.field("status", isOnline ? "online" : "offline")
        json.field("last_seen_at", ifPresent: lastSeen)
        json.endObject()
    }
}

extension Presence: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("user_id", Member.ID.schema),
            .required("status", .word("online", "offline"), "`offline` also for whom one may not see."),
            .optional("last_seen_at", Timestamp.schema, "Of who is not there, if that is known and told."),
        ]).named("Presence")
    }
}

/// Times and sizes of presence and typing. Source of the defaults: ACCEPTANCE C9, C23 and C25.
struct PresenceSettings: Sendable {
    /// How long somebody whose last socket ended still counts as there: they may be changing networks.
    var grace = Duration.seconds(5)
    /// How long other nodes believe what a node said of its members. It repeats it twice in that time.
    var lifetime = Duration.seconds(60)
    /// How often the database is told, at most, that somebody is still there.
    var noting = Duration.seconds(60)
    /// People whom one socket, or one request, may ask about.
    var watched = 100
    /// Between two notices of one member's typing in one conversation, at least.
    var typingInterval = Duration.seconds(1)
    /// How long somebody types who does not say so again.
    var typingLifetime = Duration.seconds(6)
}

/// What sockets are told of presence and typing.
enum PresenceEvents {
    /// `presence`: how some people are now.
    ///
    /// - Parameter command: the id of the command that asked; `nil` for a change.
    static func are(_ people: [Presence], to command: JSONFragment? = nil) -> [UInt8] {
        SocketFrame.answer(.presence, to: command) { json in
            json.beginObject()
            json.field("users", people)
            json.endObject()
        }
    }

    static var peopleSchema: JSONSchema { .object([.required("users", .array(of: Presence.schema))]) }

    static var typingSchema: JSONSchema {
        .object([
            .required("conversation_id", Conversation.ID.schema), .required("user_id", Member.ID.schema),
            .required("is_typing", .boolean()),
        ])
    }

    /// `typing`: somebody began, goes on or stopped.
    static func typing(_ news: TypingNotices.News) -> [UInt8] {
        SocketFrame.event(.typing) { json in
            json.beginObject()
            json.field("conversation_id", news.conversation)
            json.field("user_id", news.member)
            json.field("is_typing", news.isTyping)
            json.endObject()
        }
    }
}
