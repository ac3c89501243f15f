internal import HTTPServer
internal import JSON

/// `/sync`: what a device missed.
struct SyncRoutes: Sendable {
    let actions: SyncActions

    /// How long a request may wait for something to happen.
    private static let longestWait = 60

    var routes: [Route<MemberContext>] {
        [
            Route(
                .get, "/sync",
                "What changed since a token, which the answer before gave; without one, how all stands. With `timeout`, waits so many seconds for a change.",
                output: SyncAnswer.self, errors: [.validation], limit: .httpUser, handler: sync)
        ]
    }

    private func sync(_ request: Request, _ context: MemberContext) async throws -> Response {
        let token = try request.query("since", as: SyncToken.init(_:))
        let seconds = try request.query("timeout") { Int($0).flatMap { 0...Self.longestWait ~= $0 ? $0 : nil } } ?? 0
        var size = SyncActions.Size.response
        if let limit = try request.query("limit", as: { Int($0).flatMap { Paging<String>.limits.contains($0) ? $0 : nil } }) {
            size.limit = limit
        }
        return .json(200, try await actions.answer(to: context.member, since: token, size: size, patience: .seconds(seconds)))
    }
}
