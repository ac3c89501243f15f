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
            switch envelope.type {
            case "send_message":
                let data: SendData = try envelope.data.decode()
                action = .sendMessage(data.draft, to: data.conversation)
            case "mark_read": action = try Self.mark(.read, envelope.data)
            case "mark_delivered": action = try Self.mark(.delivered, envelope.data)
            case "sync": action = .sync(since: try envelope.data.decode(SyncData.self).since)
            case "typing":
                let data: TypingData = try envelope.data.decode()
                action = .typing(data.isTyping, in: data.conversation)
            case "presence": action = .presence(try envelope.data.decode(PresenceData.self).people)
            case "ping": action = .ping
            case "auth": action = .auth(token: try envelope.data.decode(AuthData.self).token)
            default: throw Fault.unknownType(id: envelope.id)
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

    private struct AuthData: JSONDecodable {
        let token: String

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

    private struct SyncData: JSONDecodable {
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
    }

    private struct MarkData: JSONDecodable {
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
    }

    private struct TypingData: JSONDecodable {
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
    }

    private struct PresenceData: JSONDecodable {
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
    }

    private struct SendData: JSONDecodable {
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
    }
}

extension JSONFragment {
    /// `{}`: what stands for data that was left out.
    fileprivate static let emptyObject: JSONFragment = {
        guard let fragment = try? JSON.decode(JSONFragment.self, from: Array("{}".utf8)) else { preconditionFailure("{} is JSON") }
        return fragment
    }()
}
