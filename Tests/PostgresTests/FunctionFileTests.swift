import Postgres
import Testing

/// Bodies of functions, which change where they stand.
@Suite(.database) struct FunctionFileTests {
    private static let files = [
        "0001_sums.up.sql": "CREATE TABLE sums (n int); CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "0001_sums.down.sql": "DROP FUNCTION answer; DROP FUNCTION IF EXISTS twice; DROP TABLE sums",
        "functions/answer.sql": body(2),
        "functions/twice.sql": "CREATE OR REPLACE FUNCTION twice() RETURNS int LANGUAGE sql AS 'SELECT 2 * answer()'",
        "functions/README.md": "no functions",
    ]

    private static func body(_ number: Int) -> String {
        "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT \(number)' -- ; not the end"
    }

    @Test func `functions are run after the steps, and again only when they are others`() async throws {
        try await Folder.inSchema(Self.files) { migrator, folder, database in
            #expect(try await states(migrator()) == [.pending, .pending])
            let all = ["0001_sums", "functions/answer.sql", "functions/twice.sql"]
            #expect(try await migrator().up().names == all)
            #expect(try await results(database) == [2, 4])
            #expect(try await migrator().up().names.isEmpty)
            try folder.write("functions/answer.sql", Self.body(5))
            #expect(try await states(migrator()) == [.changed, .applied])
            #expect(try await migrator().up().functions == ["answer.sql"])
            #expect(try await results(database) == [5, 10])
            #expect(try await states(migrator()) == [.applied, .applied])
        }
    }

    @Test func `a step that is taken back or made anew takes the functions along`() async throws {
        try await Folder.inSchema(Self.files) { migrator, folder, database in
            try await migrator().up()
            #expect(try await migrator().down(to: 0).count == 1)
            #expect(try await states(migrator()) == [.pending, .pending], "who comes back brings the bodies back, too")
            #expect(try await migrator().up().functions == ["answer.sql", "twice.sql"])
            #expect(try await results(database) == [2, 4])
            try folder.write("0002_other.up.sql", "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 99'")
            try folder.write("0002_other.down.sql", "SELECT 1")
            #expect(try await migrator().up().names == ["0002_other", "functions/answer.sql", "functions/twice.sql"])
            #expect(try await results(database) == [2, 4], "the file has the last word")
        }
    }

    @Test func `a database that was migrated before there were such files gets them`() async throws {
        let old = Self.files.filter { !$0.key.hasPrefix("functions/") }
        try await Folder.inSchema(old) { migrator, folder, database in
            #expect(try await migrator().up().names == ["0001_sums"])
            try await TestDatabase.use(database) { try await $0.execute(DropFunctionTable()) }
            for (name, text) in Self.files where name.hasPrefix("functions/") { try folder.write(name, text) }
            #expect(try await states(migrator()) == [.pending, .pending])
            #expect(try await migrator().up().names == ["functions/answer.sql", "functions/twice.sql"])
            #expect(try await results(database) == [2, 4])
        }
    }

    @Test func `a file that fails is named, and none of them is changed`() async throws {
        try await Folder.inSchema(Self.files) { migrator, folder, database in
            try await migrator().up()
            try folder.write("functions/answer.sql", Self.body(7))
            for broken in ["CREATE OR REPLACE FUNCTION twice() RETURNS text LANGUAGE sql AS 'SELECT 1'", "SELECT nowhere"] {
                try folder.write("functions/twice.sql", broken)
                let error = await #expect(throws: MigrationError.self) { try await migrator().up() }
                guard case .failed("functions/twice.sql", _)? = error else { throw NeverHappened() }
                #expect(try await results(database) == [2, 4])
                #expect(try await states(migrator()) == [.changed, .changed])
            }
            try folder.write("functions/twice.sql", "COMMIT")
            await #expect(throws: MigrationError.endsTransaction(name: "functions/twice.sql")) { try await migrator().up() }
        }
    }

    @Test func `a file that is gone is forgotten with the next run`() async throws {
        try await Folder.inSchema(Self.files) { migrator, folder, _ in
            try await migrator().up()
            try folder.remove("functions/twice.sql")
            #expect(try await states(migrator()) == [.applied, .unknown])
            #expect(try await migrator().up().names.isEmpty)
            #expect(try await states(migrator()) == [.applied])
        }
    }

    @Test func `of many migrators at once one runs the functions`() async throws {
        try await Folder.inSchema(Self.files) { migrator, _, _ in
            let one = try migrator()
            let runs = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await one.up().functions.count } }
                return try await group.reduce(0, +)
            }
            #expect(runs == 2)
        }
    }

    private enum State { case applied, pending, changed, unknown }

    private func states(_ migrator: Migrator) async throws -> [State] {
        try await migrator.status().functions.map { file in
            switch file.state {
            case .applied: .applied
            case .pending: .pending
            case .changed: .changed
            case .unknown: .unknown
            }
        }
    }

    /// What the functions answer now.
    private func results(_ configuration: PostgresConfiguration) async throws -> [Int32] {
        let found = Found()
        try await TestDatabase.use(configuration) { found.rows = try await $0.query(Answers()) }
        return found.rows
    }
}

/// Brings rows out of a closure. `@unchecked Sendable`: written before it is read, by one task.
private final class Found: @unchecked Sendable {
    var rows: [Int32] = []
}

private struct Answers: Statement {
    static let sql = "SELECT unnest(ARRAY[answer(), twice()])"
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int32 { try row.int32(0) }
}

private struct DropFunctionTable: Statement {
    static let sql = "DROP TABLE schema_functions"
}
