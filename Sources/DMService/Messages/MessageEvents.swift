internal import HTTPServer
internal import JSON

/// What sockets are told of messages. Each function makes one whole frame, which all readers share.
enum MessageEvents {
    /// `new_message`.
    ///
    /// - Parameter previousRev: the conversation's `rev` before it, by which a client notices that it missed something.
    static func new(_ message: Message, after previousRev: Int64) -> [UInt8] {
        SocketFrame.event(.newMessage) { json in
            json.beginObject()
            message.encodeFields(into: &json)
            json.field("prev_rev", previousRev)
            json.endObject()
        }
    }

    /// `message_ack`, to the socket that sent it: it is stored, and this is its place.
    static func acknowledged(_ message: Message, command: JSONFragment?) -> [UInt8] {
        SocketFrame.answer(.messageAck, to: command) { json in
            json.beginObject()
            json.field("client_msg_id", message.clientID?.text)
            json.field("server_id", message.id)
            json.field("conversation_id", message.conversation)
            json.field("seq", message.seq)
            json.field("rev", message.rev)
            json.field("sent_at", message.sentAt)
            json.endObject()
        }
    }

    static var newSchema: JSONSchema {
        .object(
            Message.members + [
                .required("prev_rev", .previousRev, "The conversation's `rev` before it. Whose own is lower has missed something.")
            ])
    }

    static var acknowledgementSchema: JSONSchema {
        .object([
            .required("client_msg_id", ClientMessageID.schema.orNull), .required("server_id", Message.ID.schema),
            .required("conversation_id", Conversation.ID.schema), .required("seq", .seq), .required("rev", .rev),
            .required("sent_at", Timestamp.schema),
        ])
    }

    /// `error`, to the socket whose message was refused.
    static func refused(_ refusal: SendRefusal, clientID: ClientMessageID?, command: JSONFragment?) -> [UInt8] {
        SocketFrame.error(refusal.httpError, to: command, clientMessageID: clientID?.text)
    }
}
