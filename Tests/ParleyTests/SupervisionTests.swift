import Glibc
import Testing

@testable import parley

@Suite struct SupervisionTests {
    private var supervision = Supervision()

    private mutating func due(_ milliseconds: Int, held: Set<String> = []) -> [Supervision.Action] {
        supervision.due(at: .milliseconds(milliseconds), isHeld: held.contains)
    }

    private mutating func keep(_ names: String...) {
        for name in names {
            supervision.keep(
                name, ending: [.init(signal: SIGTERM, patience: .seconds(5)), .init(signal: SIGKILL, patience: .seconds(1))])
        }
    }

    private mutating func start(_ names: String..., at milliseconds: Int = 0) {
        for (index, name) in names.enumerated() {
            supervision.started(name, pid: Int32(100 + index), at: .milliseconds(milliseconds))
        }
    }

    @Test mutating func `whatever is asked for is started, in order`() {
        keep("postgres", "serve")
        #expect(due(0) == [.start("postgres"), .start("serve")])
        start("postgres", "serve")
        #expect(due(1) == [])
        #expect(supervision.running.map(\.name) == ["postgres", "serve"])
        #expect(supervision.isSettled)
    }

    @Test mutating func `one that dies after a while is started again at once`() {
        keep("serve")
        start("serve")
        #expect(supervision.exited(pid: 100, at: .seconds(2)) == "serve")
        #expect(supervision.running.isEmpty)
        #expect(due(2000) == [.start("serve")])
    }

    @Test mutating func `one that dies at once waits a little longer each time, and never a second`() {
        keep("serve")
        var now = Duration.zero
        var pauses: [Duration] = []
        for _ in 0..<6 {
            supervision.started("serve", pid: 7, at: now)
            _ = supervision.exited(pid: 7, at: now)
            let death = now
            while supervision.due(at: now, isHeld: { _ in false }).isEmpty { now += .milliseconds(10) }
            pauses.append(now - death)
        }
        #expect(pauses == [100, 200, 400, 800, 800, 800].map { .milliseconds($0) })
        #expect(supervision.quickDeaths(of: "serve") == 6)
    }

    @Test mutating func `one that lived is forgiven its quick deaths`() {
        keep("serve")
        supervision.failedToStart("serve", at: .zero)
        start("serve", at: 100)
        _ = supervision.exited(pid: 100, at: .milliseconds(1200))
        #expect(supervision.quickDeaths(of: "serve") == 0)
        #expect(due(1200) == [.start("serve")])
    }

    @Test mutating func `one that is held stays down until it is let go, and the others go on`() {
        keep("postgres", "serve")
        start("postgres", "serve")
        _ = supervision.exited(pid: 100, at: .seconds(3))
        #expect(due(3000, held: ["postgres"]) == [])
        #expect(due(9000, held: ["postgres"]) == [])
        #expect(supervision.running.map(\.name) == ["serve"])
        #expect(due(9001) == [.start("postgres")])
    }

    @Test mutating func `a hold does not end one that runs`() {
        keep("serve")
        start("serve")
        #expect(due(10, held: ["serve"]) == [])
        #expect(supervision.running.map(\.name) == ["serve"])
    }

    @Test mutating func `a process that is none of the children changes nothing`() {
        keep("serve")
        start("serve")
        #expect(supervision.exited(pid: 4711, at: .seconds(1)) == nil)
        #expect(supervision.isSettled)
    }

    @Test mutating func `at the end the last started is ended first, each waited for`() {
        keep("postgres", "serve")
        start("postgres", "serve")
        supervision.end()
        #expect(due(0) == [.signal(pid: 101, number: SIGTERM)])
        #expect(due(100) == [])
        _ = supervision.exited(pid: 101, at: .milliseconds(200))
        #expect(due(200) == [.signal(pid: 100, number: SIGTERM)])
        _ = supervision.exited(pid: 100, at: .milliseconds(300))
        #expect(due(300) == [.finished])
    }

    @Test mutating func `one that does not end in time is killed`() {
        keep("serve")
        start("serve")
        supervision.end()
        #expect(due(0) == [.signal(pid: 100, number: SIGTERM)])
        #expect(due(4999) == [])
        #expect(due(5000) == [.signal(pid: 100, number: SIGKILL)])
        #expect(due(60000) == [])
    }

    @Test mutating func `nothing is started again while all of it ends`() {
        keep("postgres", "serve")
        start("postgres", "serve")
        supervision.end()
        _ = supervision.exited(pid: 101, at: .zero)
        #expect(due(5000) == [.signal(pid: 100, number: SIGTERM)])
    }

    @Test mutating func `a second request to end kills at once, and only once`() {
        keep("postgres", "serve")
        start("postgres", "serve")
        supervision.end()
        _ = due(0)
        supervision.kill()
        #expect(due(1) == [.signal(pid: 100, number: SIGKILL), .signal(pid: 101, number: SIGKILL)])
        #expect(due(2) == [])
        _ = supervision.exited(pid: 100, at: .zero)
        _ = supervision.exited(pid: 101, at: .zero)
        #expect(due(3) == [.finished])
    }
}
