internal import Observability

/// What the connections of a database tell about themselves: its logger and its metrics. One for all loops.
final class PostgresTelemetry: Sendable {
    let logger: Logger
    private let registry: MetricsRegistry
    let open: Gauge
    let inUse: Gauge
    let waiting: Gauge
    let waitSeconds: Histogram

    init(_ logger: Logger, _ registry: MetricsRegistry) {
        self.logger = logger
        self.registry = registry
        open = registry.gauge("parley_postgres_connections_open", help: "Connections to the database.")
        inUse = registry.gauge("parley_postgres_connections_in_use", help: "Connections lent to a transaction.")
        waiting = registry.gauge("parley_postgres_waiting", help: "Callers that wait for a connection.")
        waitSeconds = registry.histogram("parley_postgres_wait_seconds", help: "How long callers had to wait for a connection.")
    }

    /// How long the statement of that name took, from sending it to its answer.
    func seconds(of statement: String) -> Histogram {
        registry.histogram(
            "parley_postgres_query_seconds", help: "Time from sending a statement to its answer.", labels: ["statement": statement])
    }

    /// Counts an error by its class: the first two characters of the SQLSTATE, `lost` without one.
    func count(_ error: PostgresError) {
        let kind = error.sqlState.map { String($0.prefix(2)) } ?? "lost"
        registry.counter("parley_postgres_errors_total", help: "Errors by class of SQLSTATE.", labels: ["class": kind]).increment()
    }
}
