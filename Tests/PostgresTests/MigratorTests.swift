import Glibc
import Postgres
import Runtime
import Testing

@Suite(.database) struct MigratorTests {
    private static let first = [
        "0001_people.up.sql": "CREATE TABLE people (id bigint PRIMARY KEY);\nINSERT INTO people VALUES (1); -- ; not the end",
        "0001_people.down.sql": "DROP TABLE people",
        "0002_names.up.sql": "ALTER TABLE people ADD COLUMN name text",
        "0002_names.down.sql": "ALTER TABLE people DROP COLUMN name",
        "README.md": "not a migration",
    ]

    @Test func `what is pending is applied once, in order, and taken back in reverse`() async throws {
        try await Folder.inSchema(Self.first) { migrator, _, _ in
            #expect(try await migrator().status().migrations.map(\.state) == [.pending, .pending])
            #expect(try await migrator().up().names == ["0001_people", "0002_names"])
            #expect(try await migrator().up().names.isEmpty)
            for status in try await migrator().status().migrations {
                guard case .applied(let time) = status.state else { throw NeverHappened() }
                #expect(abs(time - Int64(Glibc.time(nil)) * 1000) < 60_000)
            }
            #expect(try await migrator().down(to: 1).map(\.name) == ["0002_names"])
            #expect(try await migrator().status().migrations.map(\.state).last == .pending)
            #expect(try await migrator().down(to: 0).map(\.name) == ["0001_people"])
            #expect(try await migrator().up().names.count == 2)
        }
    }

    @Test func `every migration of the product can be taken back, and leaves nothing`() async throws {
        let folder = #filePath.replacing("Tests/PostgresTests/MigratorTests.swift", with: "migrations")
        try await TestDatabase.useSchema { configuration in
            let group = EventLoopGroup(count: 1)
            defer { group.shutdown() }
            let migrator = try Migrator(configuration, on: group.loops[0], directory: folder)
            let applied = try await migrator.up()
            #expect(try await migrator.down(to: 0) == applied.migrations.reversed())
            try await TestDatabase.use(configuration) { database in
                let left = try await database.query(ObjectNames())
                #expect(left == ["schema_functions", "schema_functions_pkey", "schema_migrations", "schema_migrations_pkey"])
            }
            #expect(try await migrator.up() == applied)
        }
    }

    @Test func `a step that fails leaves nothing behind, is named, and keeps those before it`() async throws {
        var files = Self.first
        files["0003_broken.up.sql"] = "CREATE TABLE half (id int); SELECT * FROM nowhere"
        files["0003_broken.down.sql"] = ""
        try await Folder.inSchema(files) { migrator, folder, _ in
            let error = await #expect(throws: MigrationError.self) { try await migrator().up() }
            guard case .failed("0003_broken", let cause)? = error else { throw NeverHappened() }
            #expect(cause.sqlState == "42P01")
            #expect(try await migrator().status().migrations.map(\.state).last == .pending)
            try folder.write("0003_broken.up.sql", "CREATE TABLE half (id int)")
            #expect(try await migrator().up().names == ["0003_broken"])
        }
    }

    @Test func `an applied file that changed is named, and nothing is done`() async throws {
        try await Folder.inSchema(Self.first) { migrator, folder, _ in
            try await migrator().up()
            try folder.write("0001_people.up.sql", "CREATE TABLE people (id bigint PRIMARY KEY) -- other")
            #expect(try await migrator().status().migrations.map(\.state).first == .changed)
            let change = MigrationError.changed(name: "0001_people")
            #expect("\(change)".contains("0001_people.up.sql"))
            await #expect(throws: change) { try await migrator().up() }
            await #expect(throws: change) { try await migrator().down(to: 0) }
        }
    }

    @Test func `a database that is ahead is left alone, and so is a gap in the order`() async throws {
        try await Folder.inSchema(Self.first) { migrator, folder, _ in
            try await migrator().up()
            try folder.remove("0002_names.up.sql", "0002_names.down.sql")
            #expect(try await migrator().status().migrations.map(\.state).last == .unknown)
            await #expect(throws: MigrationError.unknown(name: "0002_names")) { try await migrator().up() }
            try folder.write("0002_names.up.sql", Self.first["0002_names.up.sql"] ?? "")
            try folder.write("0002_names.down.sql", "")
            try folder.write("0000_early.up.sql", "")
            try folder.write("0000_early.down.sql", "")
            await #expect(throws: MigrationError.outOfOrder(name: "0000_early", after: "0002_names")) { try await migrator().up() }
        }
    }

    @Test func `a step may not end its transaction`() async throws {
        try await Folder.inSchema(["0001_a.up.sql": "CREATE TABLE a (id int); COMMIT", "0001_a.down.sql": ""]) { migrator, _, _ in
            await #expect(throws: MigrationError.endsTransaction(name: "0001_a")) { try await migrator().up() }
        }
    }

    @Test func `of many migrators at once one does the work, and the others find it done`() async throws {
        try await Folder.inSchema(Self.first) { migrator, _, _ in
            let one = try migrator()
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await one.up().names.count } }
                return try await group.reduce(0, +)
            }
            #expect(applied == 2)
        }
    }

    @Test(arguments: [
        (["1_a.up.sql"], MigrationError.misnamed(file: "1_a.up.sql")),
        (["0001.up.sql"], .misnamed(file: "0001.up.sql")),
        (["0001_a.sql"], .misnamed(file: "0001_a.sql")),
        (["0001_a.up.sql"], .incomplete(name: "0001_a")),
        (["0001_a.down.sql"], .incomplete(name: "0001_a")),
        (["0001_a.up.sql", "0001_a.down.sql", "0001_b.up.sql", "0001_b.down.sql"], .duplicate(version: 1)),
    ])
    func `files that make no sense are named`(_ files: [String], _ error: MigrationError) async throws {
        try await Folder.inSchema(Dictionary(uniqueKeysWithValues: files.map { ($0, "") })) { migrator, _, _ in
            #expect(throws: error) { try migrator() }
        }
    }

    @Test func `a folder that is not there is named`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let configuration = try TestDatabase.configuration()
        #expect(throws: MigrationError.unreadable(path: "/no/such/folder")) {
            try Migrator(configuration, on: group.loops[0], directory: "/no/such/folder")
        }
    }
}

/// All that is in the schema, but for the types of rows and arrays that come with others.
private struct ObjectNames: Statement {
    static let sql = """
        SELECT name
          FROM (SELECT relname::text AS name, relnamespace AS namespace FROM pg_class
                UNION ALL SELECT proname, pronamespace FROM pg_proc
                UNION ALL SELECT typname, typnamespace FROM pg_type WHERE typrelid = 0 AND typelem = 0) object
         WHERE namespace = current_schema()::regnamespace ORDER BY name
        """
    func decode(_ row: borrowing Row) throws(PostgresError) -> String { try row.text(0) }
}
