internal import HTTPServer
internal import JSON

/// `/presence`: who is there.
struct PresenceRoutes: Sendable {
    let actions: PresenceActions

    var routes: [Route<MemberContext>] {
        [
            Route(
                .get, "/presence", "Who of some people is there, and when the others last were.",
                query: [QueryParameter.people.description], output: Page<Presence>.self,
                errors: [.validation], limit: .httpUser, handler: look)
        ]
    }

    private func look(_ request: Request, _ context: MemberContext) async throws -> Response {
        guard let people = try request.query(.people) else {
            throw HTTPError(
                .validation, "Name at least one person, with commas between them.", details: [("parameter", "user_ids")])
        }
        return .json(200, Page(items: try await actions.look(at: people.members, as: context.member), nextCursor: nil))
    }
}

extension QueryParameter<PeopleList> {
    fileprivate static var people: Self {
        Self(
            "user_ids", "Ids with commas between them.", .string(example: "019b0f2e-7c4a-7d10-9e6b-3f2a5c8d1e40"), isRequired: true
        ) { PeopleList($0) }
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
