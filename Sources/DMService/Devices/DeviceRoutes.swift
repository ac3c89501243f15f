internal import HTTPServer
internal import JSON

/// `/devices`: where one is signed in, and the end of that; and what opens a socket without a token in its URL.
struct DeviceRoutes: Sendable {
    let accounts: AccountActions

    var routes: [Route<MemberContext>] {
        [
            Route(
                .get, "/devices", "Where one is signed in, the device seen last first.", output: Page<Device.Listing>.self,
                limit: .httpUser, handler: list),
            Route(
                .delete, "/devices/\(.device)", "Signs out a device. Its sockets are closed at once.", statuses: [204], errors: [.notFound],
                limit: .httpUser, handler: revoke),
            Route(
                .post, "/auth/password", "Changes the password, and signs out all other devices.", input: PasswordChange.self,
                statuses: [204], errors: [.validation, .notAuthorized], limit: .httpUser, knowsRepetitions: true,
                handler: changePassword),
            Route(
                .post, "/ws/ticket", "A secret that opens one socket, once: for `/ws?ticket=`.", output: SocketTicket.self,
                statuses: [201, 200], limit: .httpUser, knowsRepetitions: true, handler: ticket),
        ]
    }

    private func list(_ request: Request, _ context: MemberContext) async throws -> Response {
        .json(200, Page(items: try await accounts.devices(of: context.member, seenFrom: context.signIn), nextCursor: nil))
    }

    private func revoke(_ request: Request, _ context: MemberContext) async throws -> Response {
        try await accounts.signOut(request.parameter(.device), of: context.member, under: context.keyed)
        return .noContent
    }

    private func changePassword(_ request: Request, _ context: MemberContext) async throws -> Response {
        let change = try request.decode(PasswordChange.self)
        try await accounts.change(change, of: context.member, keeping: context.signIn, key: request.idempotencyKey())
        return .noContent
    }

    private func ticket(_ request: Request, _ context: MemberContext) async throws -> Response {
        let (ticket, isReplay) = try await accounts.ticket(
            for: context.signIn, of: context.member, until: context.expires, key: request.idempotencyKey())
        return .json(isReplay ? 200 : 201, ticket)
    }
}
