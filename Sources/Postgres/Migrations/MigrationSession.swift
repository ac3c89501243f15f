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

    func hasTables() async throws(PostgresError) -> (migrations: Bool, functions: Bool) { try await one(HasMigrationTables()) }

    func createTables() async throws(PostgresError) {
        try await execute(CreateMigrationTable())
        try await execute(CreateFunctionTable())
    }

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

    /// Runs one half of a migration and notes it, in one transaction.
    func run(_ script: String, of migration: Migration, _ note: some Statement) async throws(MigrationError) {
        try await run([(migration.name, script)], note)
    }

    /// Runs scripts and notes them, in one transaction. The server rolls it back when the session is closed after an error.
    func run(_ scripts: [(name: String, text: String)], _ note: some Statement) async throws(MigrationError) {
        var name = scripts.first?.name ?? ""
        do throws(PostgresError) {
            try await execute(Begin())
            for script in scripts {
                name = script.name
                try await pipeline.run(script: script.text)
                guard pipeline.isInTransaction else { break }
            }
        } catch {
            throw .failed(name: name, error)
        }
        guard pipeline.isInTransaction else { throw .endsTransaction(name: name) }
        do throws(PostgresError) {
            try await execute(note)
            try await execute(Commit())
        } catch {
            throw .failed(name: name, error)
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
