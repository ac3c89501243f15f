internal import HTTPServer
internal import JSON

/// The routes as OpenAPI 3.1 describes them, made from their declarations.
///
/// Beyond the standard: `x-codes`, the error codes of a response; `x-rate-limit`, what a request spends; `x-rate-limits`, all limits in force.
struct OpenAPIDocument {
    private let groups: [RouteGroup]
    private let routes: [RouteDeclaration]
    private let limits: RateLimits
    private var schemas = JSONSchemaCatalog(prefix: APIDocument.schemas)

    /// - Parameter declarations: those without a ``RouteGroup`` are left out.
    init(_ declarations: [RouteDeclaration], limits: RateLimits) {
        routes = declarations.filter { $0.group != nil }
        groups = routes.reduce(into: []) { groups, route in
            if let group = route.group, !groups.contains(group) { groups.append(group) }
        }
        self.limits = limits
    }

    /// How each kind of caller shows who they are; nothing for those who need not.
    static let securitySchemes: [Caller: [JSONValue.Member]] = [
        AnonymousContext.caller: [],
        MemberContext.caller: [
            .init(
                name: "accessToken",
                value: [
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "What `POST /auth/login` gives as `access`.",
                ])
        ],
        HostContext.caller: [
            .init(
                name: "apiKey",
                value: [
                    "type": "apiKey", "in": "header", "name": "X-API-Key", "description": "What the operator gave the host app's servers.",
                ])
        ],
    ]

    func make() -> APIDocument {
        var document = self
        let paths = document.paths()
        let errorSchema = document.schemas.write(Self.errorSchema)
        return APIDocument(json: [
            "openapi": "3.1.0",
            "info": [
                "title": "Parley", "version": .string(APIDocument.version),
                "description":
                    "Direct messages under your own app. Ids are opaque; times are RFC 3339 in UTC; unknown members are passed over.",
            ],
            "servers": [["url": "/", "description": "This service."]],
            "tags": .array(groups.map { ["name": .string($0.name), "description": .string($0.summary)] }),
            "paths": paths,
            "components": [
                "schemas": document.schemas.definitions,
                "securitySchemes": .object(Self.securitySchemes.sorted { $0.key.name < $1.key.name }.flatMap(\.value)),
                "parameters": ["IdempotencyKey": document.idempotencyKey()],
                "headers": Self.headers,
                "responses": ["Error": ["description": "Refused.", "content": ["application/json": ["schema": errorSchema]]]],
            ],
            "x-rate-limits": .array(limits.inForce.compactMap { limits.description(of: $0.name) }),
        ])
    }

    private mutating func paths() -> JSONValue {
        var order: [String] = []
        var operations: [String: [JSONValue.Member]] = [:]
        for route in routes {
            let path = route.pattern.description
            if operations[path] == nil { order.append(path) }
            operations[path, default: []].append(.init(name: route.method.rawValue.lowercased(), value: operation(route)))
        }
        return .object(each: order) { ($0, .object(operations[$0] ?? [])) }
    }

    private mutating func operation(_ route: RouteDeclaration) -> JSONValue {
        var parameters: [JSONValue] = route.pathParameters.map { parameter($0, in: "path") }
        parameters += route.query.map { parameter($0, in: "query") }
        if route.method.takesIdempotencyKey { parameters.append(["$ref": "#/components/parameters/IdempotencyKey"]) }
        let security = (Self.securitySchemes[route.caller] ?? []).map { JSONValue.object([.init(name: $0.name, value: [])]) }
        let tags = [route.group].compactMap { $0.map { JSONValue.string($0.name) } }
        let limit = route.limit.flatMap { limits.description(of: $0) }
        return .object(
            present: ("operationId", .string(route.operationID)), ("tags", .array(tags)),
            ("summary", .string(route.summary)), ("security", .array(security)),
            ("parameters", .array(parameters)), ("requestBody", requestBody(route)),
            ("responses", responses(route)), ("x-rate-limit", limit))
    }

    private mutating func parameter(_ parameter: ParameterDescription, in place: String) -> JSONValue {
        [
            "name": .string(parameter.name), "in": .string(place), "required": .boolean(parameter.isRequired),
            "description": .string(parameter.summary), "schema": schemas.write(parameter.schema),
        ]
    }

    private mutating func idempotencyKey() -> JSONValue {
        [
            "name": "Idempotency-Key", "in": "header", "required": false, "schema": schemas.write(ClientMessageID.schema),
            "description": "Makes the request safe to repeat: best a UUID, another one for each thing to be done.",
        ]
    }

    private mutating func requestBody(_ route: RouteDeclaration) -> JSONValue? {
        guard let input = route.input?.schema else { return nil }
        return [
            "required": .boolean(!input.isNullable), "content": content(input.withoutNull), "x-largest": .integer(Int64(route.body.limit)),
        ]
    }

    private mutating func content(_ schema: JSONSchema) -> JSONValue {
        ["application/json": ["schema": schemas.write(schema), "example": schema.example]]
    }

    // MARK: Answers

    private mutating func responses(_ route: RouteDeclaration) -> JSONValue {
        var responses: [JSONValue.Member] = route.successes.map { status in
            let headers = Self.references(to: route.limit == nil ? [] : Self.limitHeaders)
            return .init(
                name: "\(status.code)",
                value: .object(
                    present: ("description", .string("\(status.reason).")), ("headers", headers),
                    ("content", status.forbidsBody ? nil : route.output.map { content($0.schema) })))
        }
        let declared = Set(route.successes)
        let refusals = Dictionary(grouping: route.possibleErrors.filter { !declared.contains($0.status) }, by: \.status)
        for (status, codes) in refusals.sorted(by: { $0.key.code < $1.key.code }) {
            let names = codes.map(\.name).sorted()
            let headers = (route.limit == nil ? [] : Self.limitHeaders) + (status.tellsWhen ? ["Retry-After"] : [])
            responses.append(
                .init(
                    name: "\(status.code)",
                    value: .object(
                        present: ("description", .string("\(status.reason): \(names.joined(separator: ", ")).")),
                        ("headers", Self.references(to: headers)),
                        ("content", ["application/json": ["schema": schemas.write(Self.errorSchema)]]),
                        ("x-codes", .array(names.map { .string($0) })))))
        }
        // What HTTP itself may refuse, whatever the route.
        responses.append(.init(name: "default", value: ["$ref": "#/components/responses/Error"]))
        return .object(responses)
    }

    private static let errorSchema = JSONSchema.object([
        .required(
            "error",
            .object([
                .required("code", .string(example: "not_found"), "For programs: what is wrong."),
                .required("message", .string(example: "There is nothing here."), "For people: what to do."),
                .required("details", .anything, "Facts for programs, such as `path`, `parameter`, `limit` or `retry_after_ms`."),
                .required("request_id", .string(example: "0a1b2c3d4e5f60718293a4b5c6d7e8f9"), "Finds the request in the service's log."),
            ]))
    ]).named("Error")

    private static let limitHeaders = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]

    private static func references(to headers: [String]) -> JSONValue? {
        guard !headers.isEmpty else { return nil }
        return .object(each: headers) { ($0, ["$ref": .string("#/components/headers/\($0)")]) }
    }

    private static let headers: JSONValue = [
        "X-RateLimit-Limit": ["description": "What may be spent at once.", "schema": ["type": "integer"]],
        "X-RateLimit-Remaining": ["description": "What is left of it.", "schema": ["type": "integer"]],
        "X-RateLimit-Reset": ["description": "When all of it is back, in seconds since 1970.", "schema": ["type": "integer"]],
        "Retry-After": ["description": "Seconds after which to try again.", "schema": ["type": "integer"]],
    ]
}

extension HTTPMethod {
    /// Whether a request may do something that a second one would do again. PUT says how things are to be.
    var takesIdempotencyKey: Bool {
        switch self {
        case .post, .patch, .delete: true
        case .get, .head, .options, .put: false
        }
    }
}

extension HTTPStatus {
    /// Whether `Retry-After` comes with it.
    fileprivate var tellsWhen: Bool { code == 429 || code == 503 }
}

extension RouteDeclaration {
    /// `getConversationsByConversationMessages`: what generated clients call it.
    fileprivate var operationID: String {
        let segments = pattern.description.split(separator: "/").filter { $0 != "api" && $0 != "v1" }
        return segments.reduce(into: method.rawValue.lowercased()) { name, segment in
            let isParameter = segment.hasPrefix("{")
            let words = segment.split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            name += (isParameter ? "By" : "") + words.joined()
        }
    }

    /// What a success is answered with: what was made is not made again for a repetition under an `Idempotency-Key` (``Repetitions``).
    fileprivate var successes: [HTTPStatus] {
        let isRepeatable = method.takesIdempotencyKey && caller != .anonymous
        return isRepeatable && statuses.contains(201) && !statuses.contains(200) ? statuses + [200] : statuses
    }

    /// What it declares to refuse with, and what it may refuse with because of what else it declares.
    var possibleErrors: Set<ErrorCode> {
        var errors = Set(self.errors)
        errors.insert(.internal)
        if !pathParameters.isEmpty { errors.insert(.notFound) }
        if !query.isEmpty { errors.insert(.validation) }
        if input != nil { errors.formUnion([.validation, .payloadTooLarge, .unsupportedMedia, .timeout]) }
        if limit != nil { errors.formUnion([.rateLimited, .unavailable]) }
        if caller != .anonymous { errors.formUnion([.unauthenticated, .unavailable]) }
        if method.takesIdempotencyKey { errors.formUnion([.validation, .conflict]) }
        return errors
    }
}
