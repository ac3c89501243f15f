internal import HTTPServer
internal import JSON
internal import Postgres

/// `/users`: oneself and others.
struct PersonRoutes: Sendable {
    let accounts: AccountActions
    let database: Database

    var routes: [Route<MemberContext>] {
        [
            Route(.get, "/users/me", "One's own account.", output: Account.self, limit: .httpUser, handler: me),
            Route(
                .get, "/users/search", "Finds people by the beginning of their username.", output: Page<Profile>.self,
                errors: [.validation], limit: .search, handler: search),
        ]
    }

    private func me(_ request: Request, _ context: MemberContext) async throws -> Response {
        guard let account = try await accounts.account(of: context.member) else { throw HTTPError.unauthenticated }
        return .json(200, account)
    }

    /// Characters of a username that a search must name.
    private static let shortestPrefix = 3

    private func search(_ request: Request, _ context: MemberContext) async throws -> Response {
        let prefix = try request.query("username")?.lowercased() ?? ""
        guard prefix.utf8.count >= Self.shortestPrefix, prefix.utf8.count <= Username.longest else {
            throw HTTPError(
                .validation, "Search for the first \(Self.shortestPrefix) characters of a username, or more.",
                details: [("parameter", "username")])
        }
        let paging = try Paging(request, cursor: { Username($0)?.text })
        // A prefix with other characters than a username can have finds nobody.
        guard Username.isPossible(prefix) else { return .json(200, Page<Profile>(items: [], nextCursor: nil)) }
        let found = try await database.query(PeopleByUsername(prefix: prefix, after: paging.cursor ?? "", limit: paging.limit + 1))
        return .json(200, paging.page(found) { $0.username.lowercased() })
    }
}
