public import JSON

/// A route, declared once, together with the handler that answers it.
///
///     Route(
///         .post, "/conversations/{conversation}/messages", "Sends a message.",
///         input: Message.Draft.self, output: Message.self, statuses: [201, 200],
///         errors: [.notFound, .notAuthorized, .conflict, .tooLong], limit: "send.user", handler: send)
///
/// `Context` says who may call it: it is the second parameter of the handler.
public struct Route<Context: RequestContext>: Sendable {
    let method: HTTPMethod
    let path: String
    let summary: String
    let input: (any (JSONDecodable & SendableMetatype).Type)?
    let output: (any (JSONEncodable & SendableMetatype).Type)?
    let statuses: [HTTPStatus]
    let errors: [ErrorCode]
    let limit: LimitName?
    let body: BodyPolicy
    let handler: Handler<Context>
}

extension Route {
    public init(
        _ method: HTTPMethod, _ path: StaticString, _ summary: StaticString,
        input: (any (JSONDecodable & SendableMetatype).Type)? = nil, output: (any (JSONEncodable & SendableMetatype).Type)? = nil,
        statuses: [HTTPStatus] = [200],
        errors: [ErrorCode] = [], limit: LimitName? = nil, body: BodyPolicy = .json, handler: @escaping Handler<Context>
    ) {
        self.init(
            method: method, path: "\(path)", summary: "\(summary)", input: input, output: output, statuses: statuses, errors: errors,
            limit: limit, body: body, handler: handler)
    }
}
