import Observability
import Postgres
import Testing

@Suite(.database) struct TransactionTests {
    struct Refusal: Error {}

    @Test func `what a transaction did stands after its end, and not before`() async throws {
        try await TestDatabase.useCounters { database in
            try await database.transaction { transaction in
                try await transaction.execute(InsertCounter(name: "a", value: 1))
                #expect(try await database.first(ReadCounter(name: "a")) == nil)
                let (sums, _) = try await transaction.unit(AddToCounter(name: "a", amount: 1), AddToCounter(name: "a", amount: 1))
                #expect(sums == [2])
            }
            #expect(try await database.one(ReadCounter(name: "a")) == 3)
        }
    }

    @Test func `a body that throws leaves nothing behind, and its connection is whole`() async throws {
        try await TestDatabase.useCounters { database async throws in
            for _ in 0..<10 {
                await #expect(throws: Refusal.self) {
                    try await database.transaction { transaction in
                        try await transaction.execute(InsertCounter(name: "a", value: 1))
                        throw Refusal()
                    }
                }
            }
            #expect(try await database.first(ReadCounter(name: "a")) == nil)
        }
    }

    @Test func `a transaction whose failed statement was overlooked is not reported as committed`() async throws {
        try await TestDatabase.useCounters { database async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { transaction in
                    try await transaction.execute(InsertCounter(name: "a", value: 1))
                    _ = try? await transaction.one(Divide(divisor: 0))
                }
            }
            #expect(error?.sqlState == "25P02")
            #expect(try await database.first(ReadCounter(name: "a")) == nil)
        }
    }

    @Test func `a unique violation names its constraint`() async throws {
        try await TestDatabase.useCounters { database in
            try await database.execute(InsertCounter(name: "a", value: 1))
            let error = await #expect(throws: PostgresError.self) {
                _ = try await database.execute(InsertCounter(name: "a", value: 2))
            }
            #expect(error?.isDuplicate == true && error?.constraint == "counters_pkey" && error?.statement == "InsertCounter")
        }
    }

    @Test func `two transactions that lock each other out both succeed in the end`() async throws {
        try await TestDatabase.useCounters(connections: 3) { database in
            try await database.unit(all: ["a", "b"].map { SetCounter(name: $0, value: 0) })
            let attempts = Counter()
            try await withThrowingTaskGroup { group in
                for names in [["a", "b"], ["b", "a"]] {
                    group.addTask {
                        try await database.onLoop {
                            try await database.transaction { transaction in
                                attempts.increment()
                                for name in names {
                                    try await transaction.execute(AddToCounter(name: name, amount: 1))
                                    try await Task.sleep(for: .milliseconds(50))
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.one(ReadCounter(name: "a")) == 2)
            #expect(try await database.one(ReadCounter(name: "b")) == 2)
            #expect(attempts.value > 2)
        }
    }

    @Test func `a conflict that never ends is given up after three more tries, also when the body hides it`() async throws {
        try await TestDatabase.use { database in
            let attempts = Counter()
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { transaction in
                    attempts.increment()
                    try await transaction.execute(RaiseConflict())
                }
            }
            #expect(error?.isConflict == true && attempts.value == 4)
            await #expect(throws: Refusal.self) {
                try await database.transaction { transaction in
                    attempts.increment()
                    do { try await transaction.execute(RaiseConflict()) } catch { throw Refusal() }
                }
            }
            #expect(attempts.value == 8)
        }
    }

    @Test func `each statement of a transaction sees what has committed before it`() async throws {
        try await TestDatabase.use { database async throws in
            #expect(try await database.transaction { try await $0.one(IsolationLevel()) } == "read committed")
        }
    }

    @Test func `a transaction that does nothing costs nothing`() async throws {
        try await TestDatabase.use { database async throws in
            #expect(try await database.transaction { _ in 5 } == 5)
        }
    }
}

private struct IsolationLevel: Statement {
    static let sql = "SELECT current_setting('transaction_isolation')"
    func decode(_ row: borrowing Row) throws(PostgresError) -> String { try row.text(0) }
}

private struct RaiseConflict: Statement {
    static let sql = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$"
}
