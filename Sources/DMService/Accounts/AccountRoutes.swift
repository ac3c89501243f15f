internal import HTTPServer
internal import JSON

/// `/auth`: from nobody to somebody, and back.
struct AccountRoutes: Sendable {
    let actions: AccountActions
    let authentication: Authentication

    var routes: [Route<AnonymousContext>] {
        [
            Route(
                .post, "/auth/register", "Makes an account.", input: Registration.self, output: Account.self, statuses: [201, 200],
                errors: [.validation, .conflict], limit: .register, handler: register),
            Route(
                .post, "/auth/login", "Signs in by username or e-mail address.", input: Credentials.self, output: TokenPair.self,
                errors: [.validation, .unauthenticated, .conflict], limit: .login, handler: login),
            Route(
                .post, "/auth/refresh", "Exchanges a refresh token for a new pair.", input: RefreshRequest.self, output: TokenPair.self,
                errors: [.validation, .unauthenticated], limit: .refresh, handler: refresh),
            Route(
                .post, "/auth/logout", "Signs out: by the refresh token, or the one whose access token is sent.",
                input: RefreshRequest?.self, statuses: [204], errors: [.validation, .unauthenticated], limit: .refresh, handler: logout),
        ]
    }

    private func register(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        let (account, isReplay) = try await actions.register(request.decode(Registration.self), key: request.idempotencyKey())
        return .json(isReplay ? 200 : 201, account)
    }

    private func login(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        try .json(200, await actions.signIn(request.decode(Credentials.self), key: request.idempotencyKey()))
    }

    private func refresh(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        guard let token = try request.decode(RefreshRequest.self).refresh else {
            throw HTTPError(.validation, "A member of the body is missing or not what is expected.", details: [("path", "refresh")])
        }
        return try .json(200, await actions.refresh(token))
    }

    private func logout(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        if !request.body.isEmpty, let token = try request.decode(RefreshRequest.self).refresh {
            try await actions.signOut(token)
        } else {
            try await actions.end(authentication.member(of: request).signIn, reason: .logout)
        }
        return .noContent
    }
}
