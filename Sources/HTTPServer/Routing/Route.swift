public import JSON

/// A route, declared once, together with the handler that answers it.
///
///     Route(
///         .post, "/conversations/\(.conversation)/messages", "Sends a message.",
///         input: Message.Draft.self, output: Message.self, statuses: [201, 200],
///         errors: [.notFound, .notAuthorized, .conflict, .tooLong], limit: "send.user", handler: send)
///
/// `Context` says who may call it: it is the second parameter of the handler.
public struct Route<Context: RequestContext>: Sendable {
    let method: HTTPMethod
    let path: RoutePath
    let summary: String
    let query: [ParameterDescription]
    let input: (any RouteInput.Type)?
    let output: (any RouteOutput.Type)?
    let statuses: [HTTPStatus]
    let errors: [ErrorCode]
    let limit: LimitName?
    let body: BodyPolicy
    let knowsRepetitions: Bool
    let handler: Handler<Context>
}

extension Route {
    public init(
        _ method: HTTPMethod, _ path: RoutePath, _ summary: StaticString, query: [ParameterDescription] = [],
        input: (any RouteInput.Type)? = nil, output: (any RouteOutput.Type)? = nil,
        statuses: [HTTPStatus] = [200],
        errors: [ErrorCode] = [], limit: LimitName? = nil, body: BodyPolicy = .json, knowsRepetitions: Bool = false,
        handler: @escaping Handler<Context>
    ) {
        self.init(
            method: method, path: path, summary: "\(summary)", query: query, input: input, output: output, statuses: statuses,
            errors: errors, limit: limit, body: body, knowsRepetitions: knowsRepetitions, handler: handler)
    }
}

/// What a route takes as the body of a request: it can be read, and says what it looks like.
public typealias RouteInput = JSONDecodable & JSONDescribed & SendableMetatype
/// What a route answers with: it can be written, and says what it looks like.
public typealias RouteOutput = JSONEncodable & JSONDescribed & SendableMetatype
