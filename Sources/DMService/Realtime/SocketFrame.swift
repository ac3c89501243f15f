internal import HTTPServer
internal import JSON

/// Makes the frames that the service sends: `{"type", "id"?, "data"}`. Source: SPEC §5.
enum SocketFrame {
    /// The frames by name. What each is told about is in ``Kind/declaration``.
    enum Kind: String, CaseIterable, Sendable {
        case ready
        case messageAck = "message_ack"
        case newMessage = "new_message"
        case readUpdate = "read_update"
        case deliveredUpdate = "delivered_update"
        case conversationUpdated = "conversation_updated"
        case accountUpdate = "account_update"
        case sync
        case typing
        case presence
        case sessionRevoked = "session_revoked"
        case reconnect
        case error
        case pong
    }

    /// Something happened.
    static func event(_ type: Kind, _ data: (inout JSONWriter) -> Void) -> [UInt8] {
        answer(type, to: nil, data)
    }

    /// The answer to a command, whose id it repeats.
    static func answer(_ type: Kind, to command: JSONFragment?, _ data: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("type", type.rawValue)
        json.field("id", ifPresent: command)
        json.key("data")
        data(&json)
        json.endObject()
        return WebSocketEncoder.text(json.finish())
    }

    /// `error`: the same codes and words as over HTTP.
    static func error(
        _ error: HTTPError, to command: JSONFragment? = nil, clientMessageID: String? = nil, retryAfter: Duration? = nil
    ) -> [UInt8] {
        answer(.error, to: command) { json in
            json.beginObject()
            json.field("code", error.code.name)
            json.field("message", error.message)
            json.field("client_msg_id", ifPresent: clientMessageID)
            json.field("retry_after_ms", ifPresent: retryAfter?.milliseconds)
            if !error.details.isEmpty {
                json.key("details")
                json.beginObject()
                for (name, value) in error.details {
                    json.key(name)
                    value.encode(into: &json)
                }
                json.endObject()
            }
            json.endObject()
        }
    }
}

extension SocketFrame {
    /// What the API description says of a frame.
    struct Declaration: Sendable {
        let summary: String
        let data: JSONSchema
        /// Whether it may come unasked.
        let isEvent: Bool
    }

    /// What ``error(_:to:clientMessageID:retryAfter:)`` tells.
    static var errorSchema: JSONSchema {
        .object([
            .required("code", .string(example: "rate_limited"), "One of the codes that REST answers with."),
            .required("message", .string(example: "Wait a moment before you try again."), "For people: what to do."),
            .optional("client_msg_id", ClientMessageID.schema, "Which message was not taken."),
            .optional("retry_after_ms", .integer(from: 0, example: 500), "After which the same may be sent again."),
            .optional("details", .anything, "Facts for programs, such as `limit` or `path`."),
        ]).named("SocketError")
    }
}

extension SocketFrame.Kind {
    var declaration: SocketFrame.Declaration {
        switch self {
        case .ready:
            SocketFrame.Declaration(
                summary: "The socket is admitted: who one is here, and every limit.", data: SocketEndpoint.readySchema, isEvent: true)
        case .messageAck:
            SocketFrame.Declaration(
                summary: "A message is stored, and this is its place.", data: MessageEvents.acknowledgementSchema, isEvent: false)
        case .newMessage:
            SocketFrame.Declaration(
                summary: "Somebody said something, or another device of oneself did.", data: MessageEvents.newSchema, isEvent: true)
        case .readUpdate:
            SocketFrame.Declaration(summary: "Somebody has read, or one's own mark moved.", data: ReceiptEvents.schema, isEvent: true)
        case .deliveredUpdate:
            SocketFrame.Declaration(
                summary: "A device of somebody has what was sent; without what was read.", data: ReceiptEvents.schema, isEvent: true)
        case .conversationUpdated:
            SocketFrame.Declaration(
                summary: "A conversation as it stands: it is new, somebody in it is called otherwise, or one's own side of it changed.",
                data: Conversation.schema, isEvent: true)
        case .accountUpdate:
            SocketFrame.Declaration(summary: "One's own account changed, on any device.", data: OwnAccount.schema, isEvent: true)
        case .sync: SocketFrame.Declaration(summary: "What changed, or how all stands.", data: SyncAnswer.schema, isEvent: false)
        case .typing:
            SocketFrame.Declaration(
                summary: "Somebody begins, goes on or stops to type.", data: PresenceEvents.typingSchema, isEvent: true)
        case .presence:
            SocketFrame.Declaration(
                summary: "How those whom this socket watches are: all of them as an answer, one of them when that changes.",
                data: PresenceEvents.peopleSchema, isEvent: true)
        case .sessionRevoked:
            SocketFrame.Declaration(summary: "This device was signed out. Close code 4001 follows.", data: .object([]), isEvent: true)
        case .reconnect:
            SocketFrame.Declaration(
                summary: "The server restarts: what is owed still comes, then close code 1012.",
                data: .object([.required("after_ms", .integer(from: 0, example: 1200), "When to connect again.")]), isEvent: true)
        case .error:
            SocketFrame.Declaration(summary: "A command was not done.", data: SocketFrame.errorSchema, isEvent: false)
        case .pong: SocketFrame.Declaration(summary: "The answer to `ping`.", data: .object([]), isEvent: false)
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        components.seconds * 1000 + (components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
