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

/// The table of which version of each file of functions was run last.
struct CreateFunctionTable: Statement {
    static let sql = """
        CREATE TABLE IF NOT EXISTS schema_functions (
            name text PRIMARY KEY,
            checksum bytea NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
}

/// Whether the tables are there.
struct HasMigrationTables: Statement {
    static let sql = "SELECT to_regclass('schema_migrations') IS NOT NULL, to_regclass('schema_functions') IS NOT NULL"

    func decode(_ row: borrowing Row) throws(PostgresError) -> (migrations: Bool, functions: Bool) { (try row.bool(0), try row.bool(1)) }
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

/// Files of functions and what was run of them, compared by SHA-256.
struct AppliedFunctions: Statement {
    static let sql = """
        SELECT name, applied.applied_at, applied.checksum = sha256(file.source), file.source IS NOT NULL
        FROM schema_functions AS applied
        FULL JOIN unnest($1::text[], $2::bytea[]) AS file (name, source) USING (name)
        ORDER BY name COLLATE "C"
        """
    let files: [FunctionFile]

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(files.map(\.name))
        parameters.append(files.map { Bytea(Array($0.source.utf8)) })
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> FunctionStatus {
        let name = try row.text(0)
        guard try !row.isNull(1) else { return FunctionStatus(name: name, state: .pending) }
        guard try row.bool(3) else { return FunctionStatus(name: name, state: .unknown) }
        let isSame = try row.bool(2)
        return FunctionStatus(name: name, state: isSame ? .applied(millisecondsSince1970: try row.milliseconds(1)) : .changed)
    }
}

/// Notes that these files, and no others, are what stands in the database.
struct RecordFunctions: Statement {
    static let sql = """
        WITH gone AS (DELETE FROM schema_functions WHERE name <> ALL ($1::text[]))
        INSERT INTO schema_functions (name, checksum)
        SELECT file.name, sha256(file.source) FROM unnest($1::text[], $2::bytea[]) AS file (name, source)
        ON CONFLICT (name) DO UPDATE SET checksum = EXCLUDED.checksum, applied_at = now()
         WHERE schema_functions.checksum <> EXCLUDED.checksum
        """
    let files: [FunctionFile]

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(files.map(\.name))
        parameters.append(files.map { Bytea(Array($0.source.utf8)) })
    }
}

/// Notes a step. It may have replaced functions: all of them are to be run again.
struct RecordMigration: Statement {
    static let sql = """
        WITH forgotten AS (DELETE FROM schema_functions)
        INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, sha256($3))
        """
    let migration: Migration

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(migration.version)
        parameters.append(migration.name)
        parameters.append(bytes: Array(migration.up.utf8))
    }
}

/// Notes that a step was taken back, with functions perhaps: all of them are to be run again, be it by another version of this program.
struct ForgetMigration: Statement {
    static let sql = "WITH forgotten AS (DELETE FROM schema_functions) DELETE FROM schema_migrations WHERE version = $1"
    let version: Int64
    func bind(to parameters: inout ParameterWriter) { parameters.append(version) }
}

/// Locks the schema against other migrators until the connection ends. Schemas are independent of each other.
struct LockMigrations: Statement {
    static let sql = "SELECT pg_try_advisory_lock(hashtext('parley migrations'), hashtext(coalesce(current_schema(), '')))"
    func decode(_ row: borrowing Row) throws(PostgresError) -> Bool { try row.bool(0) }
}
