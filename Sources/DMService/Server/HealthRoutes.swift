internal import Crypto
internal import HTTPServer
internal import JSON
internal import Observability
internal import Postgres
internal import Redis

/// Whether the process lives, whether it can serve, and what it has counted.
struct HealthRoutes: Sendable {
    let database: Database
    let writer: Database
    /// `nil` where there is none.
    let redis: Redis?
    let schema: SchemaWatch
    let revocations: Revocations
    let registry: MetricsRegistry
    /// What who reads the metrics must send, as `Authorization: Bearer`; `nil` for nothing.
    let metricsToken: String?

    /// How a part is.
    struct Report: JSONEncodable, JSONDescribed, Sendable {
        let status: String
        let checks: [String: String]

        func encode(into json: inout JSONWriter) {
            json.beginObject()
            json.field("status", status)
            if !checks.isEmpty { json.field("checks", checks) }
            json.endObject()
        }

        static var schema: JSONSchema {
            .object([
                .required("status", .word("ok", "degraded", "unavailable")),
                .optional("checks", .dictionary(of: .string(example: "ok"), example: "postgres"), "How each part is."),
            ]).named("Health")
        }
    }

    var routes: [Route<AnonymousContext>] {
        [
            Route(.get, "/health/live", "Whether the process lives.", output: Report.self, handler: live),
            Route(.get, "/healthz", "The same, by another name.", output: Report.self, handler: live),
            Route(
                .get, "/health/ready", "Whether the process can serve: 503 with what is missing while it cannot.", output: Report.self,
                statuses: [200, 503], handler: ready),
            Route(.get, "/metrics", "Counters and gauges in Prometheus' text format.", errors: [.unauthenticated], handler: metrics),
        ]
    }

    private func live(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        .json(200, Report(status: "ok", checks: [:]))
    }

    private func ready(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        // From what is known anyway: anybody may ask, as often as they like, and a frozen database is told at once.
        let checks = [
            "postgres": Self.word(for: min(database.health, writing)), "schema": Self.word(for: schema.state),
            "revocations": revocations.areKnown ? "ok" : "unknown",
        ]
        guard checks.values.allSatisfy({ $0 == "ok" }) else {
            return .json(503, Report(status: "unavailable", checks: checks)).with(.retryAfter, "1")
        }
        guard let redis else { return .json(200, Report(status: "ok", checks: checks)) }
        // Without Redis everything works, some of it later: a balancer must not empty the fleet for that.
        let isWell = redis.health == .ok
        let all = checks.merging(["redis": isWell ? "ok" : redis.health == .degraded ? "degraded" : "unreachable"]) { $1 }
        return .json(200, Report(status: isWell ? "ok" : "degraded", checks: all))
    }

    /// Each queue of messages has one connection: where that is missing, all of its conversations are.
    private var writing: PostgresHealth { writer.health == .degraded ? .unavailable : writer.health }

    private static func word(for health: PostgresHealth) -> String {
        switch health {
        case .unavailable: "unreachable"
        case .silent: "silent"
        // Connections are missing, or not all loops have one: what is asked is answered all the same.
        case .degraded, .ready: "ok"
        }
    }

    private static func word(for schema: SchemaWatch.State) -> String {
        switch schema {
        case .unknown: "unknown"
        case .missing: "run parley migrate"
        case .ready: "ok"
        }
    }

    private func metrics(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        if let metricsToken {
            let token = request.headers[.authorization].flatMap(Authentication.bearerToken) ?? ""
            guard constantTimeEquals(Array(token.utf8), Array(metricsToken.utf8)) else { throw HTTPError.unauthenticated }
        }
        return .bytes(200, registry.renderPrometheus(), contentType: "text/plain; version=0.0.4; charset=utf-8")
    }
}
