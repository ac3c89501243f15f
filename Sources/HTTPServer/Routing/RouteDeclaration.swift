/// Everything that is known about a route before it is called: what the server, the API description and the API page
/// are made from.
public final class RouteDeclaration: Sendable {
    public let method: HTTPMethod
    public let pattern: RoutePattern
    /// Which part of the API it belongs to; `nil` for what is not told of, such as the files of a page.
    public let group: RouteGroup?
    /// What it does, in one line.
    public let summary: String
    /// Who may call it.
    public let caller: Caller
    /// The parameters of the path, from left to right, and those of the query.
    public let pathParameters: [ParameterDescription]
    public let query: [ParameterDescription]
    /// The type that the handler decodes the body as, an optional where there need be none; `nil` when it takes none.
    public let input: (any RouteInput.Type)?
    /// The type that a success carries; `nil` when it has no JSON body.
    public let output: (any RouteOutput.Type)?
    /// What a success is answered with; the first is the usual one.
    public let statuses: [HTTPStatus]
    /// What it may refuse with, beyond what every route may (`internal`, `unavailable`, `payload_too_large`).
    public let errors: [ErrorCode]
    public let limit: LimitName?
    public let body: BodyPolicy
    /// Whether the handler itself sees to requests that come again under their `Idempotency-Key`.
    public let knowsRepetitions: Bool

    init<Context: RequestContext>(_ route: Route<Context>, in group: RouteGroup?, under prefix: String) {
        method = route.method
        pattern = RoutePattern(prefix + route.path.text)
        self.group = group
        summary = route.summary
        caller = Context.caller
        pathParameters = route.path.parameters
        query = route.query
        input = route.input
        output = route.output
        statuses = route.statuses
        errors = route.errors
        limit = route.limit
        body = route.body
        knowsRepetitions = route.knowsRepetitions
    }
}

/// A part of the API, as its description is divided.
public struct RouteGroup: Hashable, Sendable {
    public let name: String
    /// In one line.
    public let summary: String

    public init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}

/// The name of a rate limit, such as `send.user`. What it allows is configuration.
public struct LimitName: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(stringLiteral name: StaticString) { self.name = "\(name)" }
}
