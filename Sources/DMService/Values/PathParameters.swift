internal import HTTPServer
internal import JSON

// What stands in the paths of routes. An id that is none names nothing: 404.

extension PathParameter<Conversation.ID> {
    static var conversation: Self { Self("conversation", "The conversation's id.", Conversation.ID.schema) { Conversation.ID($0) } }
}

extension PathParameter<Message.ID> {
    static var message: Self { Self("message", "The message's id.", Message.ID.schema) { Message.ID($0) } }
}

extension PathParameter<Member.ID> {
    static var user: Self { Self("user", "The person's id.", Member.ID.schema) { Member.ID($0) } }
}

extension PathParameter<Device.ID> {
    static var device: Self { Self("device", "The device's id.", Device.ID.schema) { Device.ID($0) } }
}
