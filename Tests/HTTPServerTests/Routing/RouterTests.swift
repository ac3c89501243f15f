import Testing

@testable import HTTPServer

@Suite struct RouterTests {
    private let router: Router = {
        func route(_ method: HTTPMethod, _ path: RoutePath) -> Route<AnonymousContext> {
            Route(method, path, "…") { _, _ in .noContent }
        }
        var router = Router()
        router.mount([route(.get, "/"), route(.get, "/health/ready")])
        router.mount(
            [
                route(.get, "/users/me"), route(.patch, "/users/me"), route(.get, "/users/{user}"), route(.get, "/users/{user}/posts"),
                route(.post, "/conversations/{conversation}/messages"), route(.get, "/conversations/{conversation}/messages"),
                route(.delete, "/conversations/{conversation}/messages/{message}"),
            ], under: "/api/v1")
        return router
    }()

    /// The route and its parameters, or the status of the refusal with `Allow`.
    private func decide(_ method: String, _ target: String) throws -> String {
        let head = try #require(RequestTranscript("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n").heads.first)
        switch router.decide(head) {
        case .route(let endpoint, let parameters):
            let values = parameters.map { String(decoding: head.bytes[$0], as: UTF8.self) }
            return ([endpoint.declaration.method.rawValue, "\(endpoint.declaration.pattern)"] + values).joined(separator: " ")
        case .options(let allow): return "options \(allow.text)"
        case .refuse(let error): return (["\(error.code.status.code)"] + error.headers.map(\.value.text)).joined(separator: " ")
        }
    }

    @Test(arguments: [
        ("GET", "/", "GET /"), ("GET", "/?a=b", "GET /"), ("GET", "http://a", "GET /"), ("GET", "/health/ready", "GET /health/ready"),
        ("HEAD", "/health/ready", "GET /health/ready"), ("GET", "/api/v1/users/me", "GET /api/v1/users/me"),
        ("PATCH", "/api/v1/users/me", "PATCH /api/v1/users/me"), ("GET", "/api/v1/users/7", "GET /api/v1/users/{user} 7"),
        ("GET", "/api/v1/users/me/posts", "GET /api/v1/users/{user}/posts me"), ("GET", "/%61pi/v1/users/m%65", "GET /api/v1/users/me"),
        ("GET", "/api/v1/users/a%2Fb", "GET /api/v1/users/{user} a%2Fb"),
        ("DELETE", "/api/v1/conversations/1/messages/2", "DELETE /api/v1/conversations/{conversation}/messages/{message} 1 2"),
    ]) func `a path leads to its route`(method: String, target: String, expected: String) throws {
        #expect(try decide(method, target) == expected)
    }

    @Test(arguments: [
        "/x", "/health", "/health/", "/health/ready/", "//health/ready", "/api/v1/users", "/api/v1/users/", "/api/v1/users//posts",
        "/api/v1",
        "/api/v1/conversations/1", "/api/v1/conversations//messages", "/health/../health/ready", "/HEALTH/ready", "/health%2Fready", "/%00",
    ]) func `a path without a route is not found`(_ target: String) throws {
        #expect(try decide("GET", target) == "404")
    }

    @Test func `a method that the path does not know is told which ones it knows`() throws {
        #expect(try decide("POST", "/health/ready") == "405 GET, HEAD, OPTIONS")
        #expect(try decide("PUT", "/api/v1/conversations/1/messages") == "405 GET, HEAD, POST, OPTIONS")
        #expect(try decide("GET", "/api/v1/conversations/1/messages/2") == "405 DELETE, OPTIONS")
        #expect(try decide("HEAD", "/api/v1/conversations/1/messages/2") == "405 DELETE, OPTIONS")
        #expect(try decide("BREW", "/health/ready") == "501")
        #expect(try decide("TRACE", "/") == "501")
    }

    @Test func `options are answered from the table`() throws {
        #expect(try decide("OPTIONS", "/health/ready") == "options GET, HEAD, OPTIONS")
        #expect(try decide("OPTIONS", "/nothing") == "404")
        #expect(try decide("OPTIONS", "*").hasPrefix("options GET, HEAD, POST"))
    }

    @Test func `every route is declared once, with its prefix`() {
        #expect(router.declarations.count == 9)
        #expect(router.declarations.last?.pattern.description == "/api/v1/conversations/{conversation}/messages/{message}")
        #expect(router.declarations.allSatisfy { $0.caller == .anonymous })
    }
}
