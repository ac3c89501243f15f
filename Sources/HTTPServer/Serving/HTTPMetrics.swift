internal import Observability

/// What the server counts. Everything is registered at start and only incremented afterwards.
struct HTTPMetrics: Sendable {
    /// Requests of one route: how many were answered with 1xx … 5xx, and how long that took.
    private struct RouteMetrics: Sendable {
        let answers: [Counter]
        let seconds: Histogram
    }

    let connections: Gauge
    let webSockets: Gauge
    /// WebSockets let go because they did not read what was sent.
    let slowReaders: Counter
    private let routes: [RouteMetrics]
    /// Requests that no route answers, and streams that are no requests.
    private let unmatched: RouteMetrics

    init(_ registry: MetricsRegistry, routes declarations: [RouteDeclaration]) {
        func register(method: String, route: String) -> RouteMetrics {
            let answers = (1...5).map { statusClass in
                registry.counter(
                    "parley_http_requests_total", help: "Requests answered, by route and class of status.",
                    labels: ["method": method, "route": route, "status": "\(statusClass)xx"])
            }
            let seconds = registry.histogram(
                "parley_http_request_seconds", help: "From the end of the head to the last byte handed over.",
                labels: ["method": method, "route": route])
            return RouteMetrics(answers: answers, seconds: seconds)
        }
        connections = registry.gauge("parley_http_connections", help: "Open connections that are no WebSockets.")
        webSockets = registry.gauge("parley_websocket_connections", help: "Open WebSockets.")
        slowReaders = registry.counter(
            "parley_websocket_slow_readers_total", help: "WebSockets closed because their reader fell too far behind.")
        routes = declarations.map { register(method: $0.method.rawValue, route: $0.pattern.description) }
        unmatched = register(method: "any", route: "none")
    }

    /// - Parameter route: its place in the router's declarations.
    func answered(_ route: Int?, status: HTTPStatus, after elapsed: Duration) {
        let metrics = route.map { routes[$0] } ?? unmatched
        metrics.answers[status.code / 100 - 1].increment()
        metrics.seconds.observe(elapsed)
    }
}
