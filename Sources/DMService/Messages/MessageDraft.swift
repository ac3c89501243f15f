internal import Crypto
internal import JSON

extension Message {
    /// What somebody wants to send, already in the form in which it is stored.
    struct Draft: Sendable {
        let kind: Kind
        let content: String
        var clientID: ClientMessageID?

        /// Tells the replay of a request from another one under the same ``ClientMessageID``: 64 bits of SHA-256.
        var requestHash: Int64 {
            let bytes = withUnsafeBytes(of: kind.rawValue.bigEndian) { Array($0) } + Array(content.utf8)
            return Int64(bitPattern: SHA256.digest(of: bytes).prefix128.high)
        }
    }
}

extension Message.Draft: JSONDecodable {
    init(from json: inout JSONReader) throws(JSONError) {
        var fields = Fields()
        try json.beginObject()
        while let key = try json.nextKey() { try fields.read(key, from: &json) }
        self = try fields.finish(&json)
    }

    /// The members of a draft as they come, for the request's body and the socket's command alike.
    struct Fields {
        private var kind: Message.Kind?
        private var content: String?
        private var clientID: ClientMessageID?

        mutating func read(_ key: JSONKey, from json: inout JSONReader) throws(JSONError) {
            switch key {
            case "type": kind = try json.decode()
            case "content": content = try json.string()
            case "client_msg_id": clientID = try json.decode()
            default: try json.skip()
            }
        }

        func finish(_ json: inout JSONReader) throws(JSONError) -> Message.Draft {
            let content = MessageText.cleaned(try json.required("content", content))
            return Message.Draft(kind: kind ?? .text, content: content, clientID: clientID)
        }
    }
}

extension Message.Draft: JSONDescribed {
    static var schema: JSONSchema { .object(members).named("MessageDraft") }

    static var members: [JSONSchema.Member] {
        [
            .required(
                "content", .string(example: "Hello"),
                "The text. At most 4096 characters (Unicode scalars) unless the operator says otherwise: `content_chars` of `ready`."),
            .optional("client_msg_id", ClientMessageID.schema.orNull, "Makes the send safe to repeat. Best a UUID of version 7."),
            .optional("type", Message.Kind.schema.orNull),
        ]
    }
}

/// The form in which text is stored: line ends are line feeds, other control characters are gone, and so is white space at both ends.
package enum MessageText {
    package static func cleaned(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), text.utf8.first != 0x20, text.utf8.last != 0x20 { return text }
        var scalars = String.UnicodeScalarView()
        var followsReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where followsReturn: break
            case "\r": scalars.append("\n")
            case "\n", "\t": scalars.append(scalar)
            case _ where scalar.properties.generalCategory == .control: break
            default: scalars.append(scalar)
            }
            followsReturn = scalar == "\r"
        }
        let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
        let end = scalars.lastIndex { !$0.properties.isWhitespace }.map(scalars.index(after:)) ?? start
        return String(scalars[start..<end])
    }
}
