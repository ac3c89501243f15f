import Observability
import Postgres
import Testing

@Suite(.database) struct PoolTests {
    @Test func `when all connections are lent, the next borrower is told so in time, and statements still run`() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.poolWait = .milliseconds(300)
        try await TestDatabase.use(configuration) { database in
            try await database.transaction { _ async throws in
                let start = ContinuousClock.now
                let error = await #expect(throws: PostgresError.self) { try await database.transaction { _ in } }
                #expect(error?.code == .poolTimedOut && error?.isUnavailability == true)
                #expect(ContinuousClock.now - start < .seconds(2))
                #expect(try await database.one(Echo(number: 1)) == 1)
            }
            try await database.transaction { _ in }
        }
    }

    // The last of four hundred would wait for ten seconds.
    @Test func `when statements are slow, nobody waits behind hundreds of them`() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.poolWait = .milliseconds(300)
        try await TestDatabase.use(configuration) { database in
            let start = ContinuousClock.now
            let codes = await withTaskGroup(of: PostgresError.Code?.self) { group in
                for _ in 0..<400 {
                    group.addTask {
                        do throws(PostgresError) { _ = try await database.execute(Sleep(seconds: 0.05)) } catch { return error.code }
                        return nil
                    }
                }
                return await group.reduce(into: [PostgresError.Code?]()) { $0.append($1) }
            }
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(codes.count { $0 == nil } >= 64)
            #expect(Set(codes.compactMap(\.self)) == [.poolTimedOut])
            let answer = try await database.one(Echo(number: 1))
            #expect(answer == 1)
        }
    }

    @Test func `nine thousand statements at once are all answered, and take turns on few connections`() async throws {
        try await TestDatabase.use { database in
            let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 0..<Int64(9000) { group.addTask { try await database.one(Echo(number: number)) } }
                return try await group.reduce(0, +)
            }
            #expect(sum == 9000 * 8999 / 2)
        }
    }

    @Test func `callers of elsewhere wait for a connection like those on the loop`() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.connectionsPerLoop = 1
        try await TestDatabase.use(configuration, onLoop: false) { database in
            let (isLent, signal) = AsyncStream<Void>.makeStream()
            let holder = Task {
                try await database.onLoop {
                    try await database.transaction { _ async throws in
                        signal.finish()
                        try await Task.sleep(for: .seconds(60))
                    }
                }
            }
            for await _ in isLent {}
            let callers = (0..<50).map { number in Task { try await database.one(Echo(number: number)) } }
            try await Task.sleep(for: .milliseconds(20))
            holder.cancel()
            for (number, caller) in callers.enumerated() { #expect(try await caller.value == Int64(number)) }
            _ = await holder.result
        }
    }

    @Test func `a thousand transactions take turns on few connections`() async throws {
        try await TestDatabase.useCounters(connections: 4) { database in
            try await database.execute(SetCounter(name: "a", value: 0))
            try await withThrowingTaskGroup { group in
                for _ in 0..<1000 {
                    group.addTask {
                        try await database.onLoop {
                            _ = try await database.transaction { try await $0.one(AddToCounter(name: "a", amount: 1)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.one(ReadCounter(name: "a")) == 1000)
        }
    }

    @Test func `cancelled tasks give their connections back, and do not wait for one`() async throws {
        try await TestDatabase.use { database in
            for _ in 0..<20 {
                let holder = Task {
                    try await database.onLoop {
                        try await database.transaction { transaction in
                            try await transaction.execute(Echo(number: 1))
                            try await Task.sleep(for: .seconds(60))
                        }
                    }
                }
                let waiter = Task { try await database.onLoop { try await database.transaction { _ in } } }
                try await Task.sleep(for: .milliseconds(5))
                waiter.cancel()
                holder.cancel()
                _ = await (holder.result, waiter.result)
                #expect(try await database.transaction { try await $0.one(Echo(number: 2)) } == 2)
            }
        }
    }

    @Test func `every loop uses connections of its own, and whoever is on none is let in`() async throws {
        try await TestDatabase.use(loops: 2) { database in
            let answers = try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 0..<Int64(100) { group.addTask { try await database.one(Echo(number: number)) } }
                return try await group.reduce(0, +)
            }
            #expect(answers == 4950)
        }
    }

    @Test func `connections, statements and errors are counted`() async throws {
        let metrics = MetricsRegistry()
        try await TestDatabase.use(metrics: metrics) { database in
            _ = try await database.one(Echo(number: 1))
            _ = try? await database.one(Divide(divisor: 0))
            try await database.transaction { _ in
                let text = String(decoding: metrics.renderPrometheus(), as: UTF8.self)
                #expect(text.contains("parley_postgres_connections_open 2\n"))
                #expect(text.contains("parley_postgres_connections_in_use 1\n"))
                #expect(text.contains("parley_postgres_waiting 0\n"))
                #expect(text.contains("parley_postgres_query_seconds_count{statement=\"Echo\"} 1\n"))
                #expect(text.contains("parley_postgres_errors_total{class=\"22\"} 1\n"))
            }
        }
        #expect(String(decoding: metrics.renderPrometheus(), as: UTF8.self).contains("parley_postgres_connections_open 0\n"))
    }
}
