import Postgres
import Testing

@Suite(.database) struct PipelineTests {
    @Test func `ten thousand statements at once are all answered, each with its own answer`() async throws {
        try await TestDatabase.use { database in
            let answers = try await withThrowingTaskGroup(of: (Int64, Int64).self) { group in
                for number in 0..<Int64(10_000) { group.addTask { (number, try await database.one(Echo(number: number))) } }
                return try await group.reduce(into: 0) { count, pair in count += pair.0 == pair.1 ? 1 : 0 }
            }
            #expect(answers == 10_000)
        }
    }

    @Test func `a failing statement fails alone, whatever is under way before and behind it`() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.connectionsPerLoop = 1
        try await TestDatabase.use(configuration) { database in
            let outcomes = await withTaskGroup(of: (Int64, String).self) { group in
                for number in 0..<Int64(100) {
                    group.addTask {
                        do {
                            return (number, "\(try await database.one(Divide(divisor: number % 10)))")
                        } catch {
                            return (number, (error as? PostgresError)?.sqlState ?? "\(error)")
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for number in 0..<Int64(100) {
                let expected = number % 10 == 0 ? "22012" : number % 10 == 1 ? "1" : "0"
                #expect(outcomes[number] == expected)
            }
        }
    }

    @Test func `a unit is all or nothing, in one round trip`() async throws {
        try await TestDatabase.useCounters { database in
            let name = "unit"
            await #expect(throws: PostgresError.self) {
                _ = try await database.unit(InsertCounter(name: name, value: 1), Divide(divisor: 0), AddToCounter(name: name, amount: 1))
            }
            #expect(try await database.first(ReadCounter(name: name)) == nil)
            let (_, values) = try await database.unit(InsertCounter(name: name, value: 1), AddToCounter(name: name, amount: 41))
            #expect(values == [42])
            let sums = try await database.unit(all: (1...3).map { AddToCounter(name: name, amount: $0) })
            #expect(sums == [[43], [45], [48]])
        }
    }

    @Test func `each statement of a unit sees what was committed while the one before it waited for a lock`() async throws {
        try await TestDatabase.useCounters { database in
            let name = "fresh"
            try await database.execute(SetCounter(name: name, value: 1))
            let waiting = try await database.transaction { holder in
                _ = try await holder.one(AddToCounter(name: name, amount: 1))
                let waiting = Task { try await database.unit(LockCounter(name: name), ReadCounter(name: name)).1 }
                try await Task.sleep(for: .milliseconds(100))
                return waiting
            }
            #expect(try await waiting.value == [2])
        }
    }

    @Test func `a statement that the server cannot prepare says why, every time, and the others go on`() async throws {
        try await TestDatabase.use { database in
            for _ in 0..<2 {
                let error = try await #require(throws: PostgresError.self) { try await database.execute(NoSuchTable()) }
                #expect(error.sqlState == "42P01" && error.statement == "NoSuchTable")
            }
            await #expect(throws: PostgresError.self) { _ = try await database.unit(Divide(divisor: 0), Echo(number: 7)) }
            #expect(try await database.one(Echo(number: 7)) == 7)
        }
    }

    @Test func `a statement first used behind a failing one is prepared all the same`() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.connectionsPerLoop = 1
        try await TestDatabase.use(configuration) { database async throws in
            let failing = Task { try await database.unit(Divide(divisor: 0), Echo(number: 1)).1 }
            let behind = Task { try await database.one(Echo(number: 2)) }
            #expect(try await behind.value == 2)
            let error = await #expect(throws: PostgresError.self) { _ = try await failing.value }
            #expect(error?.sqlState == "22012" && error?.statement == "Divide")
        }
    }

    @Test func `a table that changed since a statement was prepared does not break the statement`() async throws {
        try await TestDatabase.useCounters { database in
            try await database.execute(CreateChanging())
            #expect(try await database.query(AllOfChanging()) == [1])
            try await database.execute(WidenChanging())
            #expect(try await database.query(AllOfChanging()) == [2])
        }
    }

    @Test func `statements without names work alike, as behind a pooler`() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.preparedStatements = false
        try await TestDatabase.use(configuration) { database async throws in
            #expect(try await database.unit(all: (0..<10).map(Echo.init)) == (0..<10).map { [$0] })
            #expect(try await database.transaction { try await $0.one(Echo(number: 5)) } == 5)
        }
    }

    @Test func `one wants exactly one row, first takes none as an answer, and execute counts`() async throws {
        try await TestDatabase.use { database in
            for count in [0, 2] {
                let error = try await #require(throws: PostgresError.self) { try await database.one(Series(count: Int64(count))) }
                #expect(error.code == .unexpectedRowCount)
            }
            #expect(try await database.first(Series(count: 0)) == nil)
            #expect(try await database.first(Series(count: 3)) == 1)
            #expect(try await database.query(Series(count: 3)) == [1, 2, 3])
            #expect(try await database.execute(Series(count: 3)) == 3)
        }
    }

    @Test func `a result of many megabytes arrives whole`() async throws {
        try await TestDatabase.use { database async throws in
            #expect(try await database.query(Series(count: 1_000_000)).count == 1_000_000)
        }
    }

    @Test func `a statement that takes too long is ended by the server, and its connection stays`() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.statementTimeout = .milliseconds(100)
        try await TestDatabase.use(configuration) { database in
            let error = try await #require(throws: PostgresError.self) { try await database.execute(Sleep(seconds: 5)) }
            #expect(error.sqlState == "57014" && error.isUnavailability)
            #expect(database.health == .ready)
        }
    }
}

private struct NoSuchTable: Statement { static let sql = "SELECT 1 FROM there_is_no_such_table" }

private struct LockCounter: Statement {
    static let sql = "SELECT value FROM counters WHERE name = $1 FOR UPDATE"
    let name: String
    func bind(to parameters: inout ParameterWriter) { parameters.append(name) }
}

private struct Series: Statement {
    static let sql = "SELECT * FROM generate_series(1, $1::bigint)"
    let count: Int64
    func bind(to parameters: inout ParameterWriter) { parameters.append(count) }
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}

private struct CreateChanging: Statement { static let sql = "CREATE TABLE changing AS SELECT 1" }
private struct WidenChanging: Statement { static let sql = "ALTER TABLE changing ADD COLUMN another int" }

/// How many columns the table has.
private struct AllOfChanging: Statement {
    static let sql = "SELECT * FROM changing"
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int { (try? row.isNull(1)) == nil ? 1 : 2 }
}
