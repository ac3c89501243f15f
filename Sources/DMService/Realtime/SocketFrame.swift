internal import HTTPServer
internal import JSON

/// Makes the frames that the service sends: `{"type", "id"?, "data"}`. Source: SPEC §5.
enum SocketFrame {
    /// Something happened.
    static func event(_ type: StaticString, _ data: (inout JSONWriter) -> Void) -> [UInt8] {
        answer(type, to: nil, data)
    }

    /// The answer to a command, whose id it repeats.
    static func answer(_ type: StaticString, to command: JSONFragment?, _ data: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("type")
        json.string("\(type)")
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
        answer("error", to: command) { json in
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

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        components.seconds * 1000 + (components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
