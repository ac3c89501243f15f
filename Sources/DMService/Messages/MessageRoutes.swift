internal import HTTPServer
internal import JSON
internal import Postgres

/// `/conversations/{id}/messages`.
struct MessageRoutes: Sendable {
    let actions: MessageActions
    let profiles: ProfileDirectory
    let database: Database

    var routes: [Route<MemberContext>] {
        [
            Route(
                .post, "/conversations/\(.conversation)/messages", "Sends a message. 200 for a retry that was stored before.",
                input: Message.Draft.self, output: Message.self, statuses: [201, 200],
                errors: [.validation, .tooLong, .notAuthorized, .notFound, .conflict], limit: .sendUser, knowsRepetitions: true,
                handler: send),
            Route(
                .get, "/conversations/\(.conversation)/messages", "A page of history: newest first, with after_* oldest first.",
                query: HistoryQuery.parameters, output: HistoryPage.self, errors: [.validation, .notFound], limit: .httpUser,
                handler: history),
        ]
    }

    private func send(_ request: Request, _ context: MemberContext) async throws -> Response {
        let conversation = try request.parameter(.conversation)
        var draft = try request.decode(Message.Draft.self)
        if let key = try request.idempotencyKey() {
            // The message's client id by another name: two different ones cannot both be meant.
            guard draft.clientID == nil || draft.clientID == key else { throw HTTPError.twoKeys }
            draft.clientID = key
        }
        let sender = try await profiles.profile(of: context.member)
        let (message, isReplay) = try await actions.send(draft, to: conversation, from: sender)
        return .json(isReplay ? 200 : 201, message)
    }

    private func history(_ request: Request, _ context: MemberContext) async throws -> Response {
        let conversation = try request.parameter(.conversation)
        let query = try HistoryQuery(request, in: conversation)
        let lines = try await lines(query, of: conversation, for: context.member)
        guard let first = lines.first else { throw HTTPError.notFound }
        let rows = lines.compactMap(\.message)
        let page = rows.prefix(query.limit)
        let items = first.others.staging(try await profiles.name(Array(page)), of: context.member)
        let next = rows.count > query.limit ? page.last.map { query.window.following($0.seq).text } : nil
        return .json(200, HistoryPage(page: Page(items: items, nextCursor: next.map(Paging<String>.encode)), headSeq: first.headSeq))
    }

    /// One line more than asked for, if there is one: it says that there is another page.
    private func lines(_ query: HistoryQuery, of conversation: Conversation.ID, for viewer: Member.ID) async throws -> [HistoryLine] {
        func place(_ seq: Int64) -> HistoryPlace {
            HistoryPlace(conversation: conversation, viewer: viewer, seq: seq, limit: query.limit + 1)
        }
        switch query.window {
        case .before(let seq): return try await database.query(MessagesBefore(place: place(seq)))
        case .around(let seq):
            let end = seq.addingReportingOverflow(Int64(query.limit / 2) + 1)
            return try await database.query(MessagesBefore(place: place(end.overflow ? .max : end.partialValue)))
        case .after(let seq): return try await database.query(MessagesAfter(place: place(seq)))
        }
    }
}

extension HistoryQuery.Window {
    /// The window of the page after one that ended with the message `seq`.
    fileprivate func following(_ seq: Int64) -> Self {
        switch self {
        case .before, .around: .before(seq)
        case .after: .after(seq)
        }
    }
}
