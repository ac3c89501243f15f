import Glibc
import Observability
import Postgres
import Runtime
import Testing

/// What happens to callers when the server is killed, restarted, frozen or full: with the product's own limits, on a
/// server of the tests' own.
@Suite(
    .enabled(if: PrivateCluster.Programs.installed != nil, "install PostgreSQL's server (Debian: postgresql)"), .privateCluster, .serialized
)
struct FaultTests {
    private let cluster: PrivateCluster

    init() throws { cluster = try #require(PrivateCluster.current) }

    @Test func `when all backends are terminated, everybody has an answer and the pool recovers`() async throws {
        try await TestDatabase.use(cluster.configuration(), onLoop: false) { database in
            for _ in 0..<20 {
                let callers = Callers(of: database, count: 50)
                try await Task.sleep(for: .milliseconds(20))
                // The one who asks for it may be gone before the answer.
                _ = try? await database.execute(TerminateAll())
                try await eventually(within: .seconds(2)) { (try? await database.one(Echo(number: 1))) == 1 }
                let outcomes = try await callers.stop()
                #expect(outcomes.longest < .seconds(5))
                #expect(outcomes.codes.isSubset(of: [.connectionLost]))
                #expect(outcomes.successes > 0)
            }
        }
    }

    @Test(arguments: ["fast", "immediate"])
    func `when the server is stopped, callers are refused in time, and served again once it is back`(_ mode: String) async throws {
        try await TestDatabase.use(cluster.configuration(), onLoop: false) { [cluster] database in
            let callers = Callers(of: database, count: 50)
            try await Task.sleep(for: .milliseconds(50))
            try cluster.stop(mode)
            try await eventually(within: .seconds(2)) { database.health == .unavailable }
            try await Task.sleep(for: .seconds(2))
            // By now nobody waits any more just to be refused.
            let start = ContinuousClock.now
            let error = await #expect(throws: PostgresError.self) { try await database.one(Echo(number: 1)) }
            #expect(error?.isUnavailability == true)
            #expect(ContinuousClock.now - start < .milliseconds(500))
            try cluster.start()
            try await eventually(within: .seconds(2)) { (try? await database.one(Echo(number: 1))) == 1 }
            try await eventually(within: .seconds(2)) { database.health == .ready }
            #expect(try await callers.stop().longest < .seconds(5))
        }
    }

    @Test func `a restart that is quick enough is seen by nobody who waits`() async throws {
        var configuration = try cluster.configuration()
        configuration.poolWait = .seconds(20)
        try await TestDatabase.use(configuration, onLoop: false) { [cluster] database in
            try cluster.stop()
            try await eventually(within: .seconds(2)) { database.health == .unavailable }
            let caller = Task { try await database.one(Echo(number: 1)) }
            try cluster.start()
            let answer = try await caller.value
            #expect(answer == 1)
        }
    }

    @Test func `a frozen backend is given up within five seconds, health tells within two, and the others serve on`() async throws {
        try await TestDatabase.use(cluster.configuration(), onLoop: false) { database in
            let backend = try await database.one(BackendID())
            let start = ContinuousClock.now
            kill(backend, SIGSTOP)
            defer { kill(backend, SIGCONT) }
            let callers = Callers(of: database, count: 20)
            try await eventually(within: .seconds(2)) { database.health == .degraded }
            try await eventually(within: .seconds(5)) { database.health == .ready }
            #expect(ContinuousClock.now - start < .seconds(5))
            let outcomes = try await callers.stop()
            #expect(outcomes.longest < .seconds(5))
            #expect(outcomes.codes.isSubset(of: [.connectionLost]))
            #expect(outcomes.successes > 0)
        }
    }

    @Test func `a frozen server is given up within five seconds by everybody, and used again when it goes on`() async throws {
        try await TestDatabase.use(cluster.configuration(), onLoop: false) { [cluster] database in
            let everything = try cluster.processes()
            for process in everything { kill(process, SIGSTOP) }
            let callers = Callers(of: database, count: 50)
            try await eventually(within: .seconds(2)) { database.health == .silent }
            try await Task.sleep(for: .seconds(5))
            for process in everything { kill(process, SIGCONT) }
            try await eventually(within: .seconds(3)) { database.health == .ready }
            let outcomes = try await callers.stop()
            #expect(outcomes.longest < .seconds(5))
            #expect(outcomes.codes.isSubset(of: [.connectionLost, .poolTimedOut]))
            #expect(try await database.one(Echo(number: 1)) == 1)
        }
    }

    @Test func `a transaction is lost with its backend, and not reported as committed`() async throws {
        try await TestDatabase.use(cluster.configuration(), onLoop: false) { database in
            let error = await #expect(throws: PostgresError.self) {
                try await database.onLoop {
                    try await database.transaction { transaction in
                        kill(try await transaction.one(BackendID()), SIGTERM)
                        try await Task.sleep(for: .milliseconds(50))
                        try await transaction.execute(Echo(number: 1))
                    }
                }
            }
            #expect(error?.code == .connectionLost)
            try await eventually(within: .seconds(2)) { database.health == .ready }
        }
    }

    @Test func `a server that takes no more connections does not make the pool spin`() async throws {
        let metrics = MetricsRegistry()
        var configuration = try cluster.configuration()
        configuration.connectionsPerLoop = 150
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let database = await Database(configuration, on: group, metrics: metrics)
        try await eventually(within: .seconds(10)) { database.health == .degraded }
        #expect(try await database.one(Echo(number: 1)) == 1)
        try await Task.sleep(for: .seconds(1))
        #expect(try await database.one(Echo(number: 1)) == 1)
        await database.close()
    }

    @Test func `a server that is not there costs nothing but an error, and says why`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        var configuration = try PostgresConfiguration(parsing: "host=127.0.0.1 port=1 user=nobody")
        configuration.poolWait = .milliseconds(200)
        let database = await Database(configuration, on: group, metrics: MetricsRegistry())
        let error = await #expect(throws: PostgresError.self) { try await database.one(Echo(number: 1)) }
        #expect(error?.code == .connectionLost && error?.explanation?.contains("refused") == true)
        #expect(database.health == .unavailable)
        await database.close()
    }
}

private struct TerminateAll: Statement {
    static let sql = """
        SELECT pg_terminate_backend(pid)
        FROM (
            SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY pid = pg_backend_pid()
        ) AS backend
        """
}
