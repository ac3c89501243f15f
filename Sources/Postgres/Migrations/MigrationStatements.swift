/// The table of what has been applied, in the first schema of the search path.
struct CreateMigrationTable: Statement {
    static let sql = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version bigint PRIMARY KEY,
            name text NOT NULL,
            checksum bytea NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
}

struct HasMigrationTable: Statement {
    static let sql = "SELECT to_regclass('schema_migrations') IS NOT NULL"
    func decode(_ row: borrowing Row) throws(PostgresError) -> Bool { try row.bool(0) }
}

struct AppliedMigration: Sendable {
    let version: Int64
    let name: String
    let appliedAt: Int64  // milliseconds since 1970
    /// Whether its up file is still the same; `nil` if there is none.
    let isUnchanged: Bool?
}

/// What has been applied, compared with the files by SHA-256. The server computes that, of both.
struct AppliedMigrations: Statement {
    static let sql = """
        SELECT applied.version, applied.name, applied.applied_at, applied.checksum = sha256(file.source)
        FROM schema_migrations AS applied
        LEFT JOIN unnest($1::bigint[], $2::bytea[]) AS file (version, source) USING (version)
        ORDER BY applied.version
        """
    let files: [Migration]

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(files.map(\.version))
        parameters.append(files.map { Bytea(Array($0.up.utf8)) })
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> AppliedMigration {
        AppliedMigration(
            version: try row.int64(0), name: try row.text(1), appliedAt: try row.milliseconds(2), isUnchanged: try row.optional(3))
    }
}

struct RecordMigration: Statement {
    static let sql = "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, sha256($3))"
    let migration: Migration

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(migration.version)
        parameters.append(migration.name)
        parameters.append(bytes: Array(migration.up.utf8))
    }
}

struct ForgetMigration: Statement {
    static let sql = "DELETE FROM schema_migrations WHERE version = $1"
    let version: Int64
    func bind(to parameters: inout ParameterWriter) { parameters.append(version) }
}

/// Locks the schema against other migrators until the connection ends. Schemas are independent of each other.
struct LockMigrations: Statement {
    static let sql = "SELECT pg_try_advisory_lock(hashtext('parley migrations'), hashtext(coalesce(current_schema(), '')))"
    func decode(_ row: borrowing Row) throws(PostgresError) -> Bool { try row.bool(0) }
}
