import Glibc
import Observability
import Postgres
import Runtime
import Testing

/// The database that tests may use: `PARLEY_TEST_DATABASE_URL`, which `script/test` sets.
enum TestDatabase {
    static let url = getenv("PARLEY_TEST_DATABASE_URL").map { String(cString: $0) }

    /// Few connections, since tests run beside each other, and more patience than the product has.
    static func configuration() throws -> PostgresConfiguration {
        var configuration = try PostgresConfiguration(parsing: try #require(url))
        configuration.connectionsPerLoop = 2
        configuration.connectDeadline = .seconds(20)
        configuration.statementTimeout = .seconds(20)
        configuration.lockTimeout = .seconds(20)
        configuration.answerDeadline = .seconds(25)
        configuration.poolWait = .seconds(20)
        return configuration
    }

    /// Runs `body` with the configuration of an empty schema, which is dropped afterwards.
    static func useSchema(_ body: (PostgresConfiguration) async throws -> Void) async throws {
        var configuration = try configuration()
        let name = uniqueName("test")
        try await run(script: "CREATE SCHEMA \(name)", configuration)
        configuration.searchPath = name
        let result: Result<Void, any Error>
        do { result = .success(try await body(configuration)) } catch { result = .failure(error) }
        configuration.searchPath = nil
        try await run(script: "DROP SCHEMA \(name) CASCADE", configuration)
        try result.get()
    }

    /// Runs `body` on a loop with a table of counters, in a schema of its own.
    static func useCounters(connections: Int = 2, _ body: @escaping @Sendable (Database) async throws -> Void) async throws {
        try await useSchema { configuration in
            var configuration = configuration
            configuration.connectionsPerLoop = connections
            try await use(configuration) { database in
                try await database.execute(CreateCounters())
                try await body(database)
            }
        }
    }

    /// Runs `body` on a loop with a database, and closes that afterwards.
    ///
    /// - Parameter onLoop: `false` for a body that blocks.
    static func use(
        _ configuration: PostgresConfiguration? = nil, loops: Int = 1, metrics: MetricsRegistry = MetricsRegistry(),
        onLoop: Bool = true,
        _ body: @escaping @Sendable (Database) async throws -> Void
    ) async throws {
        let configuration = try configuration ?? self.configuration()
        let group = EventLoopGroup(count: loops)
        let database = await Database(configuration, on: group, metrics: metrics)
        let result: Result<Void, any Error>
        do {
            try await eventually(within: .seconds(10)) { database.health == .ready }
            if onLoop { try await database.onLoop { try await body(database) } } else { try await body(database) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await database.close()
        group.shutdown()
        try result.get()
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs a database.
    static var database: Self {
        .enabled(if: TestDatabase.url != nil, "set PARLEY_TEST_DATABASE_URL to a database that tests may use; script/test does")
    }
}

/// A name that no other test uses, for a table or schema.
func uniqueName(_ prefix: String) -> String { "\(prefix)_\(UInt64.random(in: 0 ... .max))" }

struct NeverHappened: Error {}

/// Waits until `condition` holds.
///
/// - Throws: ``NeverHappened`` if that takes longer than `limit`.
func eventually(within limit: Duration, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverHappened() }
        try await Task.sleep(for: .milliseconds(10))
    }
}
