internal import HTTPServer
internal import JSON

/// `/openapi.json` and `/asyncapi.json`: what the page at `/docs` is made of.
struct DescriptionRoutes: Sendable {
    private let openAPI: StaticFile
    private let asyncAPI: StaticFile

    /// - Parameters:
    ///   - router: with all other routes.
    ///   - prefix: under which these ones are going to be mounted.
    init(describing router: Router, in group: RouteGroup, under prefix: String, limits: RateLimits) {
        // The document tells of its own routes too: they are mounted without content first.
        var router = router
        router.mount(DescriptionRoutes(openAPI: [], asyncAPI: []).routes, in: group, under: prefix)
        self.init(
            openAPI: JSON.encode(OpenAPIDocument(router.declarations, limits: limits).make()),
            asyncAPI: JSON.encode(AsyncAPIDocument(limits: limits).make()))
    }

    private init(openAPI: [UInt8], asyncAPI: [UInt8]) {
        self.openAPI = StaticFile(name: "openapi.json", bytes: openAPI)
        self.asyncAPI = StaticFile(name: "asyncapi.json", bytes: asyncAPI)
    }

    private static let headers = [HeaderField(.cacheControl, "no-cache")]

    var routes: [Route<AnonymousContext>] {
        [
            Route(.get, "/openapi.json", "The routes, as OpenAPI 3.1.", output: APIDocument.self, statuses: [200, 304]) { request, _ in
                openAPI.response(to: request.head, Self.headers)
            },
            Route(.get, "/asyncapi.json", "The socket, as AsyncAPI 3.0.", output: APIDocument.self, statuses: [200, 304]) { request, _ in
                asyncAPI.response(to: request.head, Self.headers)
            },
        ]
    }
}
