internal import Observability
internal import Runtime

/// A connection that migrates. Belongs to its loop.
struct MigrationSession: Queryable {
    private let pipeline: Pipeline
    private let loop: EventLoop

    static func open(_ configuration: PostgresConfiguration, on loop: EventLoop) async throws(PostgresError) -> MigrationSession {
        let telemetry = PostgresTelemetry(.current, MetricsRegistry())
        let pipeline = try await Pipeline.open(configuration, on: loop, telemetry)
        return MigrationSession(pipeline: pipeline, loop: loop)
    }

    func close() { pipeline.close() }

    func rows<S: Statement>(of statement: S) async throws(PostgresError) -> Rows {
        let unit = try pipeline.submit(statement)
        try await unit.answered()
        return try unit.takeRows(0)
    }

    func hasTable() async throws(PostgresError) -> Bool { try await one(HasMigrationTable()) }

    func createTable() async throws(PostgresError) { try await execute(CreateMigrationTable()) }

    func applied(_ migrations: [Migration]) async throws(PostgresError) -> [AppliedMigration] {
        try await query(AppliedMigrations(files: migrations))
    }

    /// Waits until no other migrator works on the schema.
    func lock(tries: Int) async throws {
        for _ in 0..<tries {
            if try await one(LockMigrations()) { return }
            await withUnsafeContinuation { continuation in
                loop.schedule(after: .milliseconds(50)) { continuation.resume() }
            }
        }
        throw MigrationError.locked
    }

    /// Runs one half of a migration and notes it, in one transaction. The server rolls it back when the session is closed
    /// after an error.
    func run(_ script: String, of migration: Migration, _ note: some Statement) async throws(MigrationError) {
        do throws(PostgresError) {
            try await execute(Begin())
            try await pipeline.run(script: script)
        } catch {
            throw .failed(name: migration.name, error)
        }
        guard pipeline.isInTransaction else { throw .endsTransaction(name: migration.name) }
        do throws(PostgresError) {
            try await execute(note)
            try await execute(Commit())
        } catch {
            throw .failed(name: migration.name, error)
        }
    }
}

extension AppliedMigration {
    var status: MigrationStatus {
        let state: MigrationStatus.State =
            switch isUnchanged {
            case true?: .applied(millisecondsSince1970: appliedAt)
            case false?: .changed
            case nil: .unknown
            }
        return MigrationStatus(version: version, name: name, state: state)
    }
}
