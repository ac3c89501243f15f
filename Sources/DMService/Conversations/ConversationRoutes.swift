internal import HTTPServer
internal import JSON

/// `/conversations`.
struct ConversationRoutes: Sendable {
    let actions: ConversationActions

    var routes: [Route<MemberContext>] {
        [
            Route(
                .post, "/conversations", "Finds or makes the direct conversation with somebody.", input: Conversation.Draft.self,
                output: Conversation.self, statuses: [201, 200], errors: [.validation, .notAuthorized, .notFound],
                limit: .httpUser, handler: create),
            Route(
                .get, "/conversations", "One's conversations, the latest first; `filter=unread` and `q=` choose among them.",
                query: InboxQuery.parameters, output: Page<Conversation.Summary>.self, errors: [.validation], limit: .httpUser,
                handler: list),
            Route(
                .get, "/conversations/\(.conversation)", "One conversation and who is in it.", output: Conversation.self,
                errors: [.notFound], limit: .httpUser, handler: show),
        ]
    }

    private func create(_ request: Request, _ context: MemberContext) async throws -> Response {
        let draft = try request.decode(Conversation.Draft.self)
        let (conversation, isNew) = try await actions.direct(of: context.member, with: draft.recipient)
        return .json(isNew ? 201 : 200, conversation)
    }

    private func list(_ request: Request, _ context: MemberContext) async throws -> Response {
        .json(200, try await actions.page(of: context.member, InboxQuery(request)))
    }

    private func show(_ request: Request, _ context: MemberContext) async throws -> Response {
        let id = try request.parameter(.conversation)
        return try .json(200, await actions.conversation(id, for: context.member))
    }
}
