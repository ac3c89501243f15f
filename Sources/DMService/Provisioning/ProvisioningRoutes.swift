internal import HTTPServer
internal import JSON

/// `/admin/users`: what the host app's servers say of its people. Every request may be repeated: it says how things are to be.
struct ProvisioningRoutes: Sendable {
    let actions: ProvisioningActions

    /// Bytes of a list of people: as many names as a list may have, of the greatest length.
    private static let listBody = BodyPolicy.collected(upTo: RelationsDraft.limit * 260 + 1024)

    var routes: [Route<HostContext>] {
        [
            Route(
                .put, "/admin/users/\(.externalID)", "Makes the account of one of the host app's people, or changes how they are called.",
                input: ProvisionedPerson.Draft.self, output: ProvisionedPerson.self, statuses: [200, 201],
                errors: [.validation, .conflict], limit: .provisioning, handler: person),
            Route(
                .put, "/admin/users/\(.externalID)/follows", "Says whom one of the host app's people follows.", input: RelationsDraft.self,
                output: RelationsReport.self, errors: [.validation, .notFound], limit: .provisioning, body: Self.listBody
            ) { try await relations(.follow, $0, $1) },
            Route(
                .put, "/admin/users/\(.externalID)/blocks", "Says whom one of the host app's people has blocked.",
                input: RelationsDraft.self, output: RelationsReport.self, errors: [.validation, .notFound], limit: .provisioning,
                body: Self.listBody
            ) { try await relations(.block, $0, $1) },
        ]
    }

    private func person(_ request: Request, _ context: HostContext) async throws -> Response {
        let draft = try request.decode(ProvisionedPerson.Draft.self)
        let (person, isNew) = try await actions.provision(externalID(request), draft, by: context.key)
        return .json(isNew ? 201 : 200, person)
    }

    private func relations(_ relation: Relation, _ request: Request, _ context: HostContext) async throws -> Response {
        let draft = try request.decode(RelationsDraft.self)
        return .json(200, try await actions.set(relation, of: externalID(request), to: draft.wish, by: context.key))
    }

    private func externalID(_ request: Request) throws(HTTPError) -> String {
        let text = try request.parameter(.externalID)
        guard ProvisioningActions.isExternalID(text) else {
            throw HTTPError(
                .validation, "Name the person by 1 to \(ProvisioningActions.longestExternalID) bytes.",
                details: [("parameter", "external_id")])
        }
        return text
    }
}

extension PathParameter<String> {
    fileprivate static var externalID: Self {
        Self("external_id", "The host app's own name for the person: 1 to 255 bytes.", .string(example: "u-4711")) { $0 }
    }
}
