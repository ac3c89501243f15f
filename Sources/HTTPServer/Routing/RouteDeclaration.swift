public import JSON

/// Everything that is known about a route before it is called: what the server, the API description and the API page
/// are made from.
public final class RouteDeclaration: Sendable {
    public let method: HTTPMethod
    public let pattern: RoutePattern
    /// What it does, in one line.
    public let summary: String
    /// Who may call it.
    public let caller: Caller
    /// The type that the handler decodes the body as; `nil` when it takes none.
    public let input: (any (JSONDecodable & SendableMetatype).Type)?
    /// The type that a success carries; `nil` when it has no JSON body.
    public let output: (any (JSONEncodable & SendableMetatype).Type)?
    /// What a success is answered with; the first is the usual one.
    public let statuses: [HTTPStatus]
    /// What it may refuse with, beyond what every route may (`internal`, `unavailable`, `payload_too_large`).
    public let errors: [ErrorCode]
    public let limit: LimitName?
    public let body: BodyPolicy

    init<Context: RequestContext>(_ route: Route<Context>, under prefix: String) {
        method = route.method
        pattern = RoutePattern(prefix + route.path)
        summary = route.summary
        caller = Context.caller
        input = route.input
        output = route.output
        statuses = route.statuses
        errors = route.errors
        limit = route.limit
        body = route.body
    }
}

/// The name of a rate limit, such as `send.user`. What it allows is configuration.
public struct LimitName: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(stringLiteral name: StaticString) { self.name = "\(name)" }
}
