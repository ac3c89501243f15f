internal import Observability
internal import Postgres
internal import Runtime

/// Measures how old the oldest transaction in the database is, whoever began it: while one stands, nothing that was deleted after it can be
/// reclaimed.
struct TransactionWatch: Service {
    private let database: Database
    private let age: Gauge

    private static let interval = Duration.seconds(15)

    init(database: Database, registry: MetricsRegistry) {
        self.database = database
        age = registry.gauge(
            "parley_postgres_oldest_transaction_seconds", help: "Age of the oldest transaction in the database, of whichever program.")
    }

    func run() async throws {
        while true {
            // What is not known stands as it was: that the database cannot be asked, other metrics say.
            if let seconds = try? await database.first(OldestTransaction()) { age.set(seconds) }
            try await Task.sleep(for: Self.interval)
        }
    }
}

private struct OldestTransaction: Statement {
    static let sql = """
        SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::float8 FROM pg_stat_activity WHERE datname = current_database()
        """

    func decode(_ row: borrowing Row) throws(PostgresError) -> Double { try row.value(0) }
}
