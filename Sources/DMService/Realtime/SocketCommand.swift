internal import HTTPServer
package import JSON

/// What a client says on its socket: `{"type", "id"?, "data"?}`. Source: SPEC §5.
package struct SocketCommand: Sendable {
    enum Action: Sendable {
        case auth(token: String)
        case sendMessage(Message.Draft, to: Conversation.ID)
        case mark(Receipt.Kind, in: Conversation.ID, to: ReceiptActions.Target)
        case sync(since: SyncToken?)
        case typing(Bool, in: Conversation.ID)
        /// Whom the socket watches from now on.
        case presence([Member.ID])
        case ping
    }

    /// The commands by name. What each is told about is in ``Kind/declaration``.
    enum Kind: String, CaseIterable, Sendable {
        case auth
        case sendMessage = "send_message"
        case markRead = "mark_read"
        case markDelivered = "mark_delivered"
        case sync
        case typing
        case presence
        case ping
    }

    /// Why a frame is no command.
    package enum Fault: Error {
        /// Not an envelope at all: the socket is closed with 4003.
        case badEnvelope
        /// A type that this version does not know. The socket stays open, so that newer clients can talk to older servers.
        case unknownType(id: JSONFragment?)
        /// The data does not fit the type.
        case badData(JSONError, id: JSONFragment?, clientMessageID: String?)
    }

    /// What came of reading a frame.
    typealias Reading = Result<SocketCommand, Fault>

    /// Repeated in the answer.
    let id: JSONFragment?
    let action: Action

    package init(_ utf8: UnsafeRawBufferPointer) throws(Fault) {
        let envelope: Envelope
        do { envelope = try JSON.decode(from: utf8) } catch { throw .badEnvelope }
        id = envelope.id
        do {
            guard let kind = Kind(rawValue: envelope.type) else { throw Fault.unknownType(id: envelope.id) }
            switch kind {
            case .sendMessage:
                let data: SendData = try envelope.data.decode()
                action = .sendMessage(data.draft, to: data.conversation)
            case .markRead: action = try Self.mark(.read, envelope.data)
            case .markDelivered: action = try Self.mark(.delivered, envelope.data)
            case .sync: action = .sync(since: try envelope.data.decode(SyncData.self).since)
            case .typing:
                let data: TypingData = try envelope.data.decode()
                action = .typing(data.isTyping, in: data.conversation)
            case .presence: action = .presence(try envelope.data.decode(PresenceData.self).people)
            case .ping: action = .ping
            case .auth: action = .auth(token: try envelope.data.decode(AuthData.self).token)
            }
        } catch let error as JSONError {
            throw .badData(error, id: envelope.id, clientMessageID: envelope.clientMessageID)
        } catch {
            throw .unknownType(id: envelope.id)
        }
    }
}

extension SocketCommand {
    private static func mark(_ kind: Receipt.Kind, _ data: JSONFragment) throws(JSONError) -> Action {
        let data: MarkData = try data.decode()
        return .mark(kind, in: data.conversation, to: data.target)
    }
}

extension SocketCommand.Reading {
    /// What an answer repeats, as far as it could be read.
    var id: JSONFragment? {
        switch self {
        case .success(let command): command.id
        case .failure(.unknownType(let id)), .failure(.badData(_, let id, _)): id
        case .failure(.badEnvelope): nil
        }
    }

    /// Which message an error is about.
    var clientMessageID: String? {
        switch self {
        case .success(let command):
            if case .sendMessage(let draft, _) = command.action { draft.clientID?.text } else { nil }
        case .failure(.badData(_, _, let clientMessageID)): clientMessageID
        case .failure: nil
        }
    }
}

extension SocketCommand {
    /// The frame around the data, which is read once the type is known.
    private struct Envelope: JSONDecodable {
        /// Bytes that an id may have.
        static let longestID = 128

        let type: String
        let id: JSONFragment?
        let data: JSONFragment

        init(from json: inout JSONReader) throws(JSONError) {
            var type: String?
            var id: JSONFragment?
            var data: JSONFragment?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "type": type = try json.string()
                case "id": id = try Self.id(&json)
                case "data": data = try json.decode()
                default: try json.skip()
                }
            }
            self.type = try json.required("type", type)
            self.id = id
            self.data = data ?? .emptyObject
        }

        private static func id(_ json: inout JSONReader) throws(JSONError) -> JSONFragment? {
            switch try json.peek() {
            case .string, .number:
                let id: JSONFragment = try json.decode()
                guard id.bytes.count <= longestID else { throw json.invalid(expected: "at most \(longestID) bytes") }
                return id
            case .null:
                try json.skip()
                return nil
            default: throw json.invalid(expected: "a string or a number")
            }
        }

        /// The `client_msg_id` of data that could not be read, so that the client knows which of its messages is meant.
        var clientMessageID: String? {
            guard case .string(let text)? = (try? data.decode(JSONValue.self))?["client_msg_id"] else { return nil }
            return ClientMessageID(text)?.text
        }
    }

    fileprivate struct AuthData: JSONDecodable, JSONDescribed {
        let token: String

        static var schema: JSONSchema {
            .object([.required("token", .string(example: "eyJhbGciOiJFZERTQSJ9…"), "An access token.")])
        }

        init(from json: inout JSONReader) throws(JSONError) {
            var token: String?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "token": token = try json.string()
                default: try json.skip()
                }
            }
            self.token = try json.required("token", token)
        }
    }

    fileprivate struct SyncData: JSONDecodable, JSONDescribed {
        let since: SyncToken?

        init(from json: inout JSONReader) throws(JSONError) {
            var since: SyncToken?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "since":
                    guard let text: String = try json.decode(String?.self) else { continue }
                    guard let token = SyncToken(text) else { throw json.invalid(expected: "a token that sync answered with") }
                    since = token
                default: try json.skip()
                }
            }
            self.since = since
        }

        static var schema: JSONSchema {
            .object([.optional("since", SyncToken.schema.orNull, "Of the answer before; without one, how all stands.")])
        }
    }

    fileprivate struct MarkData: JSONDecodable, JSONDescribed {
        let conversation: Conversation.ID
        let target: ReceiptActions.Target

        init(from json: inout JSONReader) throws(JSONError) {
            var conversation: Conversation.ID?
            var fields = MarkDraft.Fields()
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "conversation_id": conversation = try json.decode()
                default: try fields.read(key, from: &json)
                }
            }
            self.conversation = try json.required("conversation_id", conversation)
            target = try fields.finish(&json)
        }

        static var schema: JSONSchema { MarkDraft.schema([.required("conversation_id", Conversation.ID.schema)]) }
    }

    fileprivate struct TypingData: JSONDecodable, JSONDescribed {
        let conversation: Conversation.ID
        let isTyping: Bool

        init(from json: inout JSONReader) throws(JSONError) {
            var conversation: Conversation.ID?
            var isTyping: Bool?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "conversation_id": conversation = try json.decode()
                case "is_typing": isTyping = try json.boolean()
                default: try json.skip()
                }
            }
            self.conversation = try json.required("conversation_id", conversation)
            self.isTyping = try json.required("is_typing", isTyping)
        }

        static var schema: JSONSchema {
            .object([.required("conversation_id", Conversation.ID.schema), .required("is_typing", .boolean())])
        }
    }

    fileprivate struct PresenceData: JSONDecodable, JSONDescribed {
        let people: [Member.ID]

        init(from json: inout JSONReader) throws(JSONError) {
            var people: [Member.ID]?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "user_ids": people = try json.decode()
                default: try json.skip()
                }
            }
            self.people = try json.required("user_ids", people)
        }

        static var schema: JSONSchema {
            .object([.required("user_ids", .array(of: Member.ID.schema), "At most `presence_users` of `ready`; none to end it.")])
        }
    }

    fileprivate struct SendData: JSONDecodable, JSONDescribed {
        let conversation: Conversation.ID
        let draft: Message.Draft

        init(from json: inout JSONReader) throws(JSONError) {
            var conversation: Conversation.ID?
            var fields = Message.Draft.Fields()
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "conversation_id": conversation = try json.decode()
                default: try fields.read(key, from: &json)
                }
            }
            self.conversation = try json.required("conversation_id", conversation)
            draft = try fields.finish(&json)
        }

        static var schema: JSONSchema { .object([.required("conversation_id", Conversation.ID.schema)] + Message.Draft.members) }
    }
}

extension SocketCommand {
    /// What the API description says of a command.
    struct Declaration: Sendable {
        let summary: String
        let data: JSONSchema
        /// What answers it, if anything; `error` may always come instead.
        let answers: [SocketFrame.Kind]
        /// What it spends besides `ws.conn`, which every frame does.
        var limit: LimitName?
    }
}

extension SocketCommand.Kind {
    var declaration: SocketCommand.Declaration {
        switch self {
        case .auth:
            SocketCommand.Declaration(
                summary: "Signs in, if the handshake brought no token; later, a newer token keeps the socket beyond `expires_at`.",
                data: SocketCommand.AuthData.schema, answers: [.ready])
        case .sendMessage:
            SocketCommand.Declaration(
                summary: "Sends a message. Answered after the commit.", data: SocketCommand.SendData.schema, answers: [.messageAck],
                limit: .sendUser)
        case .markRead:
            SocketCommand.Declaration(
                summary: "Everything up to a message has been read. Answered within 50 ms.", data: SocketCommand.MarkData.schema,
                answers: [.readUpdate])
        case .markDelivered:
            SocketCommand.Declaration(
                summary: "This device has everything up to a message.", data: SocketCommand.MarkData.schema, answers: [.deliveredUpdate])
        case .sync:
            SocketCommand.Declaration(
                summary: "What changed since a token: as `GET /sync` answers, in smaller parts.", data: SocketCommand.SyncData.schema,
                answers: [.sync], limit: .httpUser)
        case .typing:
            SocketCommand.Declaration(
                summary: "Tells the others that one types. Ends by itself; not answered.", data: SocketCommand.TypingData.schema,
                answers: [])
        case .presence:
            SocketCommand.Declaration(
                summary: "Says whom this socket watches from now on: how they are now is the answer, each change an event.",
                data: SocketCommand.PresenceData.schema, answers: [.presence])
        case .ping: SocketCommand.Declaration(summary: "Asks for a sign of life.", data: .object([]), answers: [.pong])
        }
    }
}

extension JSONFragment {
    /// `{}`: what stands for data that was left out.
    fileprivate static let emptyObject: JSONFragment = {
        guard let fragment = try? JSON.decode(JSONFragment.self, from: Array("{}".utf8)) else { preconditionFailure("{} is JSON") }
        return fragment
    }()
}
