internal import Observability
public import Runtime

/// Brings a database to the schema that this program needs, and back.
///
/// Every step runs in a transaction of its own, together with the note that it was applied. An applied step stays as it
/// is: its checksum is kept, and a file that changed since stops everything. One migrator works on a schema at a time.
/// It needs a connection to the server itself, not to a pooler.
public struct Migrator: Sendable {
    private let configuration: PostgresConfiguration
    private let loop: EventLoop
    private let migrations: [Migration]

    /// How long to wait for another migrator, in tries of 50 ms.
    private static let lockTries = 1200

    /// - Parameter directory: holds pairs of `0007_reactions.up.sql` and `0007_reactions.down.sql`.
    public init(
        _ configuration: PostgresConfiguration, on loop: EventLoop, directory: String
    ) throws(MigrationError) {
        self.loop = loop
        migrations = try MigrationFolder.read(directory)
        var configuration = configuration
        // A step may take as long as it takes. But it waits for locks no longer than any statement, and fails rather than
        // keep everybody waiting in line behind it.
        configuration.statementTimeout = .zero
        configuration.idleInTransactionTimeout = .zero
        configuration.answerDeadline = .seconds(7 * 24 * 3600)
        self.configuration = configuration
    }

    /// Where the database stands with every migration. Changes nothing.
    public func status() async throws -> [MigrationStatus] { try await loop.perform { try await readStatus() } }

    /// Applies what is pending, in order, and answers what it applied.
    ///
    /// - Throws: ``MigrationError``; the steps before the one that failed stay applied. ``PostgresError`` if the database
    ///   cannot be reached.
    @discardableResult public func up() async throws -> [Migration] { try await loop.perform { try await applyPending() } }

    /// Takes back, latest first, what is above `version`, and answers what it took back. 0 takes back everything.
    ///
    /// - Throws: as ``up()``.
    @discardableResult public func down(to version: Int64) async throws -> [Migration] {
        try await loop.perform { try await takeBack(above: version) }
    }
}

/// The same, on the loop.
extension Migrator {
    private func readStatus() async throws -> [MigrationStatus] {
        let session = try await MigrationSession.open(configuration, on: loop)
        defer { session.close() }
        let applied = try await session.hasTable() ? session.applied(migrations) : []
        let known = Set(applied.map(\.version))
        let pending = migrations.filter { !known.contains($0.version) }
            .map { MigrationStatus(version: $0.version, name: $0.name, state: .pending) }
        return (applied.map(\.status) + pending).sorted { $0.version < $1.version }
    }

    private func applyPending() async throws -> [Migration] {
        let session = try await lockedSession()
        defer { session.close() }
        let applied = try await checkedApplied(session)
        let known = Set(applied.map(\.version))
        let pending = migrations.filter { !known.contains($0.version) }
        if let last = applied.last, let early = pending.first, early.version < last.version {
            throw MigrationError.outOfOrder(name: early.name, after: last.name)
        }
        for migration in pending { try await session.run(migration.up, of: migration, RecordMigration(migration: migration)) }
        return pending
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
            try await session.createTable()
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
