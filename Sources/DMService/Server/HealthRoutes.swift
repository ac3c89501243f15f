internal import HTTPServer
internal import JSON
internal import Observability
internal import Postgres

/// Whether the process lives, whether it can serve, and what it has counted.
struct HealthRoutes: Sendable {
    let database: Database
    let revocations: Revocations
    let registry: MetricsRegistry

    /// How a part is.
    private struct Report: JSONEncodable, Sendable {
        let status: String
        let checks: [String: String]

        func encode(into json: inout JSONWriter) {
            json.beginObject()
            json.field("status", status)
            if !checks.isEmpty { json.field("checks", checks) }
            json.endObject()
        }
    }

    var routes: [Route<AnonymousContext>] {
        [
            Route(.get, "/health/live", "Whether the process lives.", output: Report.self, handler: live),
            Route(.get, "/healthz", "The same, by another name.", output: Report.self, handler: live),
            Route(
                .get, "/health/ready", "Whether the process can serve: 503 while it has no database.", output: Report.self,
                errors: [.unavailable], handler: ready),
            Route(.get, "/metrics", "Counters and gauges in Prometheus' text format.", handler: metrics),
        ]
    }

    private func live(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        .json(200, Report(status: "ok", checks: [:]))
    }

    private func ready(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        do {
            _ = try await database.first(Alive())
            guard revocations.areKnown else { throw HTTPError.unavailable }
            return .json(200, Report(status: "ok", checks: ["postgres": "ok"]))
        } catch {
            return .json(503, Report(status: "unavailable", checks: ["postgres": "unreachable"])).with(.retryAfter, "1")
        }
    }

    private func metrics(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        .bytes(200, registry.renderPrometheus(), contentType: "text/plain; version=0.0.4; charset=utf-8")
    }
}

/// Does the database answer?
struct Alive: Statement {
    static let sql = "SELECT 1"
}
