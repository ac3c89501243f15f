/// Finds the route of a request. It is filled at start and never changes afterwards.
///
/// HEAD is answered by the route of GET, OPTIONS by the list of methods; a path that has routes, but none of the
/// request's method, is answered 405 with `Allow`.
public struct Router: Sendable {
    /// Every declared route, in the order of mounting: the API description is made from them.
    public private(set) var declarations: [RouteDeclaration] = []
    private var tree = RouteTree()

    public init() {}

    /// Adds routes that are open to everybody.
    ///
    /// - Parameters:
    ///   - group: the part of the API that they are; `nil` for what the API description leaves out.
    ///   - middleware: called from first to last around each handler.
    public mutating func mount(
        _ routes: [Route<AnonymousContext>], in group: RouteGroup? = nil, under prefix: String = "",
        through middleware: [Middleware<AnonymousContext>] = []
    ) {
        mount(routes, in: group, under: prefix, through: middleware) { _ in AnonymousContext() }
    }

    /// Adds routes whose callers are admitted by `admission`, which runs before middleware and handler.
    public mutating func mount<Context: RequestContext>(
        _ routes: [Route<Context>], in group: RouteGroup? = nil, under prefix: String = "", through middleware: [Middleware<Context>] = [],
        admitting admission: @escaping Admission<Context>
    ) {
        for route in routes {
            let declaration = RouteDeclaration(route, in: group, under: prefix)
            let handler = middleware.reversed().reduce(route.handler) { next, middleware in
                { request, context in try await middleware(request, context, next) }
            }
            let endpoint = Endpoint(declaration, index: declarations.count) { request in
                try await handler(request, try await admission(request))
            }
            tree.insert(endpoint, at: declaration.pattern)
            declarations.append(declaration)
        }
    }
}

/// A route as the connection calls it: its context is made inside. A class, since every request refers to one.
final class Endpoint: Sendable {
    let declaration: RouteDeclaration
    /// Its place in ``Router/declarations``.
    let index: Int
    let respond: @Sendable (Request) async throws -> Response

    init(_ declaration: RouteDeclaration, index: Int, respond: @escaping @Sendable (Request) async throws -> Response) {
        self.declaration = declaration
        self.index = index
        self.respond = respond
    }
}

extension Router {
    /// What becomes of a request, as far as its head tells.
    enum Decision {
        case route(Endpoint, parameters: [Range<Int>])
        /// An OPTIONS request, answered from the table.
        case options(allow: HeaderValue)
        case refuse(HTTPError)
    }

    func decide(_ head: RequestHead) -> Decision {
        guard let method = head.method else { return .refuse(HTTPError(.notImplemented, "This method is not implemented.")) }
        if method == .options, head.path == "*" { return .options(allow: Self.everyMethod) }
        guard let finding = tree.find(head.pathRange, in: head.bytes) else { return .refuse(.notFound) }
        if let endpoint = finding.endpoint(for: method) { return .route(endpoint, parameters: finding.parameters) }
        let allow = finding.allow
        if method == .options { return .options(allow: allow) }
        let field = HeaderField(.allow, allow)
        return .refuse(HTTPError(.methodNotAllowed, "This method is not allowed here; see Allow.", headers: [field]))
    }

    private static let everyMethod: HeaderValue = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
}

extension RouteTree.Finding {
    fileprivate func endpoint(for method: HTTPMethod) -> Endpoint? {
        endpoints.first { $0.declaration.method == method }
            ?? (method == .head ? endpoints.first { $0.declaration.method == .get } : nil)
    }

    fileprivate var allow: HeaderValue {
        var methods = Set(endpoints.map(\.declaration.method))
        if methods.contains(.get) { methods.insert(.head) }
        methods.insert(.options)
        return HeaderValue(HTTPMethod.allCases.filter(methods.contains).map(\.rawValue).joined(separator: ", ")) ?? ""
    }
}
