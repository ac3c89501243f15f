import Runtime
import Synchronization
import Testing

@Suite struct ServiceTests {
    @Test func `services start in order and stop in reverse`() async throws {
        let diary = Diary()
        let group = ServiceGroup([Recorded("a", diary), Recorded("b", diary), Recorded("c", diary)], drainLimit: .seconds(600))
        try await group.run { await diary.waitFor("start c") }
        #expect(diary.lines == ["start a", "start b", "start c", "stop c", "stop b", "stop a"])
    }

    @Test func `one service's failure stops the others and is thrown`() async {
        let diary = Diary()
        let group = ServiceGroup([Recorded("a", diary), Failing()], drainLimit: .seconds(600))
        await #expect(throws: Failing.Broken.self) { try await group.run { try? await Task.sleep(for: .seconds(600)) } }
        #expect(diary.lines == ["start a", "stop a"])
    }

    @Test func `a service that will not stop is left behind`() async throws {
        let group = ServiceGroup([Stubborn()], drainLimit: .milliseconds(20))
        try await group.run {}
    }

    private final class Diary: Sendable {
        private let entries = Mutex<[String]>([])
        var lines: [String] { entries.withLock { $0 } }
        func write(_ line: String) { entries.withLock { $0.append(line) } }
        func waitFor(_ line: String) async {
            while !lines.contains(line) { try? await Task.sleep(for: .milliseconds(1)) }
        }
    }

    private struct Recorded: Service {
        let name: String
        let diary: Diary
        init(_ name: String, _ diary: Diary) { (self.name, self.diary) = (name, diary) }

        func run() async throws {
            diary.write("start \(name)")
            let nothing = AsyncStream<Never> { _ in }
            for await _ in nothing {}  // ends when the task is cancelled
            diary.write("stop \(name)")
        }
    }

    private struct Failing: Service {
        struct Broken: Error {}
        func run() async throws { throw Broken() }
    }

    /// Ignores cancellation for longer than the test's patience.
    private struct Stubborn: Service {
        func run() async throws {
            let end = ContinuousClock.now + .seconds(2)
            while ContinuousClock.now < end { await Task.yield() }
        }
    }
}

@Suite struct BlockingPoolTests {
    @Test func `calls run on threads of the pool and answer`() async throws {
        let pool = BlockingPool(name: "test", threads: 2, queueLimit: 100)
        let sums = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 { group.addTask { try await pool.run { number * 2 } } }
            return try await group.reduce(0, +)
        }
        #expect(sums == 2450)
    }

    @Test func `a full queue refuses at once`() async throws {
        let pool = BlockingPool(name: "test", threads: 1, queueLimit: 1)
        let gate = Gate()
        async let busy: Void = pool.run { gate.wait() }
        await gate.entered()
        async let three: Void = withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    do { try await pool.run {} } catch { if gate.countRefusal() == 2 { gate.open() } }
                }
            }
        }
        _ = try await (busy, three)
        #expect(gate.refusals == 2)
    }

    @Test func `a closed pool refuses`() async {
        let pool = BlockingPool(name: "test", threads: 1, queueLimit: 1)
        pool.close()
        await #expect(throws: BlockingPool.Refusal.closed) { try await pool.run {} }
    }

    /// Holds a thread until it is opened.
    private final class Gate: Sendable {
        private let state = Mutex((hasEntered: false, isOpen: false, refusals: 0))
        func wait() {
            state.withLock { $0.hasEntered = true }
            while !state.withLock({ $0.isOpen }) {}
        }
        func entered() async { while !state.withLock({ $0.hasEntered }) { await Task.yield() } }
        var refusals: Int { state.withLock { $0.refusals } }
        func countRefusal() -> Int {
            state.withLock { state in
                state.refusals += 1
                return state.refusals
            }
        }
        func open() { state.withLock { $0.isOpen = true } }
    }
}
