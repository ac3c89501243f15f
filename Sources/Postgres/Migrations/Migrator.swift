internal import Observability
public import Runtime

/// Brings a database to the schema that this program needs, and back.
///
/// Every step runs in a transaction of its own, together with the note that it was applied. An applied step stays as it
/// is: its checksum is kept, and a file that changed since stops everything. One migrator works on a schema at a time.
/// It needs a connection to the server itself, not to a pooler.
///
/// After the steps come the bodies of functions: files that are run again whenever they change, in one transaction, so that a body is changed
/// where it stands and not by another step that repeats it. Types and signatures belong to the steps.
public struct Migrator: Sendable {
    private let configuration: PostgresConfiguration
    private let loop: EventLoop
    private let migrations: [Migration]
    private let functions: [FunctionFile]

    /// How long to wait for another migrator, in tries of 50 ms.
    private static let lockTries = 1200

    /// - Parameter directory: holds pairs of `0007_reactions.up.sql` and `0007_reactions.down.sql`, and `functions/*.sql`.
    public init(
        _ configuration: PostgresConfiguration, on loop: EventLoop, directory: String
    ) throws(MigrationError) {
        self.loop = loop
        migrations = try MigrationFolder.read(directory)
        functions = try MigrationFolder.functions(directory)
        var configuration = configuration
        // A step may take as long as it takes. But it waits for locks no longer than any statement, and fails rather than
        // keep everybody waiting in line behind it.
        configuration.statementTimeout = .zero
        configuration.idleInTransactionTimeout = .zero
        configuration.answerDeadline = .seconds(7 * 24 * 3600)
        self.configuration = configuration
    }

    /// Where the database stands with every migration and every file of functions. Changes nothing.
    public func status() async throws -> SchemaStatus { try await loop.perform { try await readStatus() } }

    /// Applies what is pending, in order, then the functions that are others than were applied last, and answers what it applied.
    ///
    /// - Throws: ``MigrationError``; the steps before the one that failed stay applied. ``PostgresError`` if the database
    ///   cannot be reached.
    @discardableResult public func up() async throws -> MigrationRun { try await loop.perform { try await applyPending() } }

    /// Takes back, latest first, what is above `version`, and answers what it took back. 0 takes back everything.
    ///
    /// Functions that stay keep their newest bodies until ``up()`` runs, of this version of the program or of another.
    ///
    /// - Throws: as ``up()``.
    @discardableResult public func down(to version: Int64) async throws -> [Migration] {
        try await loop.perform { try await takeBack(above: version) }
    }
}

/// The same, on the loop.
extension Migrator {
    private func readStatus() async throws -> SchemaStatus {
        let session = try await MigrationSession.open(configuration, on: loop)
        defer { session.close() }
        let has = try await session.hasTables()
        let applied = try await has.migrations ? session.applied(migrations) : []
        let known = Set(applied.map(\.version))
        let pending = migrations.filter { !known.contains($0.version) }
            .map { MigrationStatus(version: $0.version, name: $0.name, state: .pending) }
        return SchemaStatus(
            migrations: (applied.map(\.status) + pending).sorted { $0.version < $1.version },
            functions: try await has.functions
                ? session.query(AppliedFunctions(files: functions)) : functions.map { FunctionStatus(name: $0.name, state: .pending) })
    }

    private func applyPending() async throws -> MigrationRun {
        let session = try await lockedSession()
        defer { session.close() }
        let applied = try await checkedApplied(session)
        let known = Set(applied.map(\.version))
        let pending = migrations.filter { !known.contains($0.version) }
        if let last = applied.last, let early = pending.first, early.version < last.version {
            throw MigrationError.outOfOrder(name: early.name, after: last.name)
        }
        for migration in pending { try await session.run(migration.up, of: migration, RecordMigration(migration: migration)) }
        return MigrationRun(migrations: pending, functions: try await applyFunctions(session))
    }

    /// Runs the files of functions that differ from what was run last, all in one transaction: they call each other.
    private func applyFunctions(_ session: MigrationSession) async throws -> [String] {
        let stale = Set(try await session.query(AppliedFunctions(files: functions)).filter { !$0.state.isApplied }.map(\.name))
        guard !stale.isEmpty else { return [] }
        let changed = functions.filter { stale.contains($0.name) }
        try await session.run(changed.map { ("functions/\($0.name)", $0.source) }, RecordFunctions(files: functions))
        return changed.map(\.name)
    }

    private func takeBack(above version: Int64) async throws -> [Migration] {
        let session = try await lockedSession()
        defer { session.close() }
        let known = Set(try await checkedApplied(session).map(\.version))
        let above = migrations.filter { known.contains($0.version) && $0.version > version }.reversed()
        for migration in above {
            try await session.run(migration.down, of: migration, ForgetMigration(version: migration.version))
        }
        return Array(above)
    }

    private func lockedSession() async throws -> MigrationSession {
        let session = try await MigrationSession.open(configuration, on: loop)
        do {
            try await session.lock(tries: Self.lockTries)
            try await session.createTables()
            return session
        } catch {
            session.close()
            throw error
        }
    }

    /// What has been applied, if the files agree with it.
    private func checkedApplied(_ session: MigrationSession) async throws -> [AppliedMigration] {
        let applied = try await session.applied(migrations)
        for one in applied {
            guard let isUnchanged = one.isUnchanged else { throw MigrationError.unknown(name: one.name) }
            if !isUnchanged { throw MigrationError.changed(name: one.name) }
        }
        return applied
    }
}

extension MigrationStatus.State {
    fileprivate var isApplied: Bool { if case .applied = self { true } else { false } }
}
