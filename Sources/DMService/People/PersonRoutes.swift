internal import HTTPServer
internal import JSON
internal import Postgres

/// `/users`: oneself and others.
struct PersonRoutes: Sendable {
    let accounts: AccountActions
    let profiles: ProfileDirectory
    let database: Database

    var routes: [Route<MemberContext>] {
        [
            Route(.get, "/users/me", "One's own account.", output: OwnAccount.self, limit: .httpUser, handler: me),
            Route(
                .patch, "/users/me", "Changes how one is called.", input: AccountChange.self, output: OwnAccount.self,
                errors: [.validation],
                limit: .httpUser, handler: changeMe),
            Route(
                .get, "/users/\(.user)", "What others see of somebody.", output: Profile.self, errors: [.notFound], limit: .httpUser,
                handler: profile),
            Route(
                .get, "/users/search", "Finds people by the beginning of their username, or of a word of their display name.",
                query: [QueryParameter.text.description, QueryParameter.username.description] + .paging,
                output: Page<Profile>.self, errors: [.validation], limit: .search, handler: search),
        ]
    }

    private func me(_ request: Request, _ context: MemberContext) async throws -> Response {
        guard let account = try await accounts.ownAccount(of: context.member) else { throw HTTPError.unauthenticated }
        return .json(200, account)
    }

    private func changeMe(_ request: Request, _ context: MemberContext) async throws -> Response {
        guard let name = try request.decode(AccountChange.self).displayName else { return try await me(request, context) }
        let account = try await accounts.rename(context.member, to: name)
        profiles.forget(context.member)
        return .json(200, account)
    }

    private func profile(_ request: Request, _ context: MemberContext) async throws -> Response {
        let member = try request.parameter(.user)
        guard let profile = try await database.first(ProfileFor(member: member, viewer: context.member)) else { throw HTTPError.notFound }
        return .json(200, profile)
    }

    /// Characters of a username that a search must name.
    private static let shortestPrefix = 3

    private func search(_ request: Request, _ context: MemberContext) async throws -> Response {
        let (text, prefix) = (try request.query(.text), try request.query(.username))
        guard let text else { return .json(200, try await people(named: prefix ?? "", request, context)) }
        guard prefix == nil else { throw HTTPError(.validation, "Search by q or by username, not by both.", details: [("parameter", "q")]) }
        return .json(200, try await people(by: text, request, context))
    }

    /// Bytes of a text that is searched for. No display name has more.
    private static let longestText = 256

    private func people(by text: String, _ request: Request, _ context: MemberContext) async throws -> Page<Profile> {
        guard NameMatch.shortestText...Self.longestText ~= text.utf8.count else {
            throw HTTPError(
                .validation, "Search for the first \(NameMatch.shortestText) characters of a name, or more.",
                details: [("parameter", "q")])
        }
        let paging = try Paging(request, cursor: NamePosition.init(_:))
        let search = PeopleByName(viewer: context.member, text: text, after: paging.cursor, limit: paging.limit + 1)
        let found = try await database.query(search)
        let items = found.prefix(paging.limit)
        let next = found.count > paging.limit ? items.last?.position.text : nil
        return Page(items: items.map(\.profile), nextCursor: next.map(Paging<String>.encode))
    }

    private func people(named prefix: String, _ request: Request, _ context: MemberContext) async throws -> Page<Profile> {
        let prefix = prefix.lowercased()
        guard prefix.utf8.count >= Self.shortestPrefix, prefix.utf8.count <= Username.longest else {
            throw HTTPError(
                .validation, "Search for the first \(Self.shortestPrefix) characters of a username, or more.",
                details: [("parameter", "username")])
        }
        let paging = try Paging(request, cursor: { Username($0)?.text })
        // A prefix with other characters than a username can have finds nobody.
        guard Username.isPossible(prefix) else { return Page(items: [], nextCursor: nil) }
        let search = PeopleByUsername(prefix: prefix, after: paging.cursor ?? "", limit: paging.limit + 1, viewer: context.member)
        return paging.page(try await database.query(search)) { $0.username.lowercased() }
    }
}

extension QueryParameter<String> {
    fileprivate static var text: Self {
        Self("q", "How a username, or a word of a display name, begins.", .string(example: "ada")) { $0 }
    }

    fileprivate static var username: Self {
        Self("username", "Instead of `q`: how the username begins, 3 characters or more.", .string(example: "ada")) { $0 }
    }
}
