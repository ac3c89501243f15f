internal import JSON

/// What a load generator needs to know of a frame that the server sends, with its `type` first. The rest is stepped over.
struct ServerFrame: JSONDecodable {
    enum Kind { case ready, messageAck, newMessage, error, other }

    var kind = Kind.other
    /// Of an answer: the `id` of the command, which is the number of the message.
    var id: Int?
    var clientMessageID: MessageTag?
    var seq: Int64?
    /// Of an error.
    var code: String?
    /// Of an error: the sender may try again so much later.
    var retryAfterMilliseconds: Int?

    init(from json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "type": kind = try json.string(expected: "a frame's type", Self.kind)
            case "id": id = try json.string(expected: "a number in quotes") { Int(String(decoding: $0, as: UTF8.self)) ?? -1 }
            case "data" where kind != .other && kind != .ready: try readData(from: &json)
            default: try json.skip()
            }
        }
    }

    private mutating func readData(from json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "client_msg_id": clientMessageID = try json.string(expected: "a client's message id", MessageTag.init)
            case "seq": seq = try json.integer()
            case "code": code = try json.string()
            case "retry_after_ms": retryAfterMilliseconds = try json.integer()
            default: try json.skip()
            }
        }
    }

    private static func kind(_ name: UnsafeBufferPointer<UInt8>) -> Kind {
        if name.elementsEqual("new_message".utf8) { return .newMessage }
        if name.elementsEqual("message_ack".utf8) { return .messageAck }
        if name.elementsEqual("error".utf8) { return .error }
        if name.elementsEqual("ready".utf8) { return .ready }
        return .other
    }
}
