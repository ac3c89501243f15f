internal import HTTPServer
internal import JSON

/// `/users/{user}/follow`, `/users/{user}/block`, and one's own lists of people.
struct RelationRoutes: Sendable {
    let actions: RelationActions

    var routes: [Route<MemberContext>] {
        [
            Route(
                .post, "/users/\(.user)/follow", "Follows somebody.", statuses: [204], errors: [.validation, .notAuthorized, .notFound],
                limit: .follow
            ) { try await set(.follow, true, $0, $1) },
            Route(
                .delete, "/users/\(.user)/follow", "Follows somebody no longer.", statuses: [204], errors: [.validation, .notFound],
                limit: .follow
            ) { try await set(.follow, false, $0, $1) },
            Route(
                .post, "/users/\(.user)/block", "Blocks somebody: neither of the two can write to the other.", statuses: [204],
                errors: [.validation, .notFound], limit: .httpUser
            ) { try await set(.block, true, $0, $1) },
            Route(
                .delete, "/users/\(.user)/block", "Blocks somebody no longer.", statuses: [204], errors: [.validation, .notFound],
                limit: .httpUser
            ) { try await set(.block, false, $0, $1) },
            Route(
                .get, "/users/me/followers", "Who follows one, the latest first.", query: .paging,
                output: Page<Profile>.self, errors: [.validation], limit: .httpUser
            ) { try await list(.followers, $0, $1) },
            Route(
                .get, "/users/me/following", "Whom one follows, the latest first.", query: .paging,
                output: Page<Profile>.self, errors: [.validation], limit: .httpUser
            ) { try await list(.following, $0, $1) },
            Route(
                .get, "/users/me/blocks", "Whom one has blocked, the latest first.", query: .paging,
                output: Page<Profile>.self, errors: [.validation], limit: .httpUser
            ) { try await list(.blocks, $0, $1) },
        ]
    }

    private func set(_ relation: Relation, _ wanted: Bool, _ request: Request, _ context: MemberContext) async throws -> Response {
        let person = try request.parameter(.user)
        try await actions.set(relation, wanted, of: context.member, to: person)
        return .noContent
    }

    private func list(_ list: RelationList, _ request: Request, _ context: MemberContext) async throws -> Response {
        .json(200, try await actions.page(list, of: context.member, Paging(request, cursor: RelationPosition.init(_:))))
    }
}
