internal import HTTPServer
internal import JSON

/// `/presence`: who is there.
struct PresenceRoutes: Sendable {
    let actions: PresenceActions

    var routes: [Route<MemberContext>] {
        [
            Route(
                .get, "/presence", "Who of some people is there, and when the others last were.", output: Page<Presence>.self,
                errors: [.validation], limit: .httpUser, handler: look)
        ]
    }

    private func look(_ request: Request, _ context: MemberContext) async throws -> Response {
        guard let people = try request.query("user_ids", as: PeopleList.init(_:)) else {
            throw HTTPError(
                .validation, "Name at least one person, with commas between them.", details: [("parameter", "user_ids")])
        }
        return .json(200, Page(items: try await actions.look(at: people.members, as: context.member), nextCursor: nil))
    }
}

/// Ids with commas between them.
package struct PeopleList {
    let members: [Member.ID]

    /// `nil` if one of them is no id, or there is none.
    package init?(_ text: String) {
        var members: [Member.ID] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let member = Member.ID(String(part)) else { return nil }
            members.append(member)
        }
        self.members = members
    }

    package var text: String { members.map(\.description).joined(separator: ",") }
}

/// Why somebody is not told who is there.
enum PresenceRefusal: Error, Equatable, Sendable {
    /// So many may be named.
    case tooMany(_ limit: Int)
}

extension PresenceRefusal: HTTPRefusal {
    var httpError: HTTPError {
        switch self {
        case .tooMany(let limit):
            HTTPError(
                .validation, "Name at most \(limit) people.", details: [("limit", .integer(Int64(limit)))])
        }
    }
}
