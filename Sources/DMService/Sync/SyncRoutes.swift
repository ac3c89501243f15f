internal import HTTPServer
internal import JSON

/// `/sync`: what a device missed.
struct SyncRoutes: Sendable {
    let actions: SyncActions

    var routes: [Route<MemberContext>] {
        [
            Route(
                .get, "/sync",
                "What changed since a token, which the answer before gave; without one, how all stands. With `timeout`, waits so many seconds for a change.",
                query: [QueryParameter.since.description, QueryParameter.timeout.description, QueryParameter.limit.description],
                output: SyncAnswer.self, errors: [.validation], limit: .httpUser, handler: sync)
        ]
    }

    private func sync(_ request: Request, _ context: MemberContext) async throws -> Response {
        let token = try request.query(.since)
        let seconds = try request.query(.timeout) ?? 0
        var size = SyncActions.Size.response
        if let limit = try request.query(.limit) { size.limit = limit }
        return .json(200, try await actions.answer(to: context.member, since: token, size: size, patience: .seconds(seconds)))
    }
}

/// How long a request may wait for something to happen, in seconds.
private let longestWait = 60

extension QueryParameter<SyncToken> {
    fileprivate static var since: Self {
        Self("since", "The token of the answer before.", SyncToken.schema) { SyncToken($0) }
    }
}

extension QueryParameter<Int> {
    fileprivate static var timeout: Self {
        Self("timeout", "Seconds to wait for a change, instead of an empty answer.", .integer(from: 0, to: Int64(longestWait), example: 25))
        {
            Int($0).flatMap { 0...longestWait ~= $0 ? $0 : nil }
        }
    }
}
