internal import HTTPServer
internal import JSON

/// A description of the API for programs: OpenAPI of the routes, AsyncAPI of the socket.
struct APIDocument: JSONEncodable, JSONDescribed, Sendable {
    let json: JSONValue

    func encode(into json: inout JSONWriter) { self.json.encode(into: &json) }

    /// Somebody else's standard says what it looks like.
    static var schema: JSONSchema { .anything }

    /// Of the API, not of the program: it changes when something is taken away or means something else.
    static let version = "1.0.0"

    /// Where both documents keep the schemas that have names.
    static let schemas = "#/components/schemas/"
}

extension JSONValue {
    /// An object without the members that are `nil`.
    static func object(present members: (String, JSONValue?)...) -> JSONValue {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    /// The object without one of its members.
    func without(_ name: String) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.name != name })
    }

    /// An object with the members of a list, in their order.
    static func object<Element>(each elements: some Sequence<Element>, _ member: (Element) -> (String, JSONValue)) -> JSONValue {
        .object(
            elements.map { element in
                let (name, value) = member(element)
                return Member(name: name, value: value)
            })
    }
}

extension RateLimits {
    /// What a limit allows, for the API description; `nil` when it is not in force.
    func description(of name: LimitName) -> JSONValue? {
        guard let limit = inForce.first(where: { $0.name == name }) else { return nil }
        return [
            "name": .string(name.name), "of": .string(Self.owners[name] ?? ""), "burst": .number(limit.size.burst),
            "per_second": .number(limit.size.perSecond),
        ]
    }
}
