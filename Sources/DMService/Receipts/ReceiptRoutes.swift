internal import HTTPServer
internal import JSON

/// Marks by REST, and what became of a message.
struct ReceiptRoutes: Sendable {
    let actions: ReceiptActions

    var routes: [Route<MemberContext>] {
        [
            Route(
                .post, "/conversations/\(.conversation)/read", "Everything up to a message has been read.", input: MarkDraft.self,
                output: Standing.self, errors: [.validation, .notFound], limit: .httpUser, handler: read),
            Route(
                .post, "/conversations/\(.conversation)/delivered", "A device has everything up to a message.", input: MarkDraft.self,
                output: Standing.self, errors: [.validation, .notFound], limit: .httpUser, handler: delivered),
            Route(
                .get, "/conversations/\(.conversation)/messages/\(.message)/status", "What became of a message, by recipient.",
                output: MessageStatus.self, errors: [.notFound], limit: .httpUser, handler: status),
            Route(
                .get, "/messages/\(.message)/status", "The same, by the message's id alone.", output: MessageStatus.self,
                errors: [.notFound], limit: .httpUser, handler: statusAnywhere),
            Route(
                .get, "/users/me/unread-counts", "How much one has not read, in all and in each conversation.", output: UnreadCounts.self,
                limit: .httpUser, handler: unread),
        ]
    }

    private func read(_ request: Request, _ context: MemberContext) async throws -> Response {
        try await move(.read, request, context)
    }

    private func delivered(_ request: Request, _ context: MemberContext) async throws -> Response {
        try await move(.delivered, request, context)
    }

    private func move(_ kind: Receipt.Kind, _ request: Request, _ context: MemberContext) async throws -> Response {
        let conversation = try request.parameter(.conversation)
        let target = try request.decode(MarkDraft.self).target
        return .json(200, try await actions.move(kind, of: context.member, in: conversation, to: target))
    }

    private func status(_ request: Request, _ context: MemberContext) async throws -> Response {
        let conversation = try request.parameter(.conversation)
        let message = try request.parameter(.message)
        return .json(200, try await actions.status(of: message, in: conversation, for: context.member))
    }

    private func statusAnywhere(_ request: Request, _ context: MemberContext) async throws -> Response {
        let message = try request.parameter(.message)
        return .json(200, try await actions.status(of: message, in: nil, for: context.member))
    }

    private func unread(_ request: Request, _ context: MemberContext) async throws -> Response {
        .json(200, try await actions.unread(of: context.member))
    }
}

/// `{"seq"}` or `{"message_id"}`: up to where a mark is to move.
struct MarkDraft: JSONDecodable {
    let target: ReceiptActions.Target

    init(from json: inout JSONReader) throws(JSONError) {
        var fields = Fields()
        try json.beginObject()
        while let key = try json.nextKey() { try fields.read(key, from: &json) }
        target = try fields.finish(&json)
    }

    /// The members that say where, wherever they stand: a body, or the data of a socket's command.
    struct Fields {
        private var seq: Int64?
        private var message: Message.ID?

        mutating func read(_ key: JSONKey, from json: inout JSONReader) throws(JSONError) {
            switch key {
            case "seq":
                let value: Int64 = try json.decode()
                guard value > 0 else { throw json.invalid(expected: "a number from 1") }
                seq = value
            case "message_id": message = try json.decode()
            default: try json.skip()
            }
        }

        func finish(_ json: inout JSONReader) throws(JSONError) -> ReceiptActions.Target {
            if let message {
                guard seq == nil else { throw json.invalid(expected: "seq or message_id, not both") }
                return .message(message)
            }
            return .seq(try json.required("seq", seq))
        }
    }
}

extension MarkDraft: JSONDescribed {
    static var schema: JSONSchema { schema([]).named("Mark") }

    /// - Parameter others: members that stand beside those which say where.
    static func schema(_ others: [JSONSchema.Member]) -> JSONSchema {
        .oneOf([.object(others + [.required("seq", .seq)]), .object(others + [.required("message_id", Message.ID.schema)])])
    }
}

extension Standing: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        ReceiptEvents.encode(receipt, into: &json)
        json.field("own_rev", ownRev)
        json.endObject()
    }
}

extension Standing: JSONDescribed {
    static var schema: JSONSchema {
        .object(ReceiptEvents.members + [.required("own_rev", .rev, "Counts what only oneself sees of the conversation.")])
            .named("Standing")
    }
}
