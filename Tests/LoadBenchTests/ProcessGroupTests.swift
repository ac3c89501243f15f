import Glibc
import Testing

@testable import LoadBench

@Suite struct ProcessGroupTests {
    private static let line = "4242 (a (strange) name) S 17 4242 4242 0 -1 4194560 100 200 0 0 11 22 33 44 20 0 1 0 5 1000000 77 184467"

    @Test func `a line of proc is read past any name`() throws {
        let entry = try #require(ProcessTable.Entry(stat: Self.line))
        #expect(entry == .init(id: 4242, parent: 17, ticks: 110, pages: 77))
        #expect(ProcessTable.Entry(stat: "") == nil)
        #expect(ProcessTable.Entry(stat: "1 (x) S 1") == nil)
    }

    @Test func `a family is a process and all its descendants`() {
        let table = ProcessTable([
            .init(id: 1, parent: 0, ticks: 1000, pages: 1), .init(id: 10, parent: 1, ticks: 3, pages: 5),
            .init(id: 11, parent: 10, ticks: 4, pages: 6), .init(id: 12, parent: 11, ticks: 5, pages: 7),
            .init(id: 20, parent: 1, ticks: 100, pages: 8),
        ])
        #expect(Set(table.family(of: 10).map(\.id)) == [10, 11, 12])
        #expect(table.family(of: 99).isEmpty)
        let group = ProcessGroup(name: "two", ids: [11, 20])
        #expect(group.seconds(in: table) == 109 / Double(ProcessTable.ticksPerSecond))
        #expect(group.residentBytes(in: table) == 21 * Int(getpagesize()))
    }

    @Test func `this process is in the table, with its parent and its memory`() throws {
        let entry = try #require(ProcessTable.current()[getpid()])
        #expect(entry.parent == getppid())
        #expect(entry.pages > 100)
    }

    @Test func `the machine is busy with everything but waiting`() {
        #expect(ProcessTable.busyTicks(stat: "cpu  100 20 3 4000 500 6 7 8 0 0\ncpu0 1 1 1 1\n") == 136)
        #expect(ProcessTable.current().busyTicks > 0)
    }

    @Test func `groups are read from the command line`() {
        #expect(ProcessGroup(argument: "serve=12") == ProcessGroup(name: "serve", ids: [12]))
        #expect(ProcessGroup(argument: "postgres=12,345") == ProcessGroup(name: "postgres", ids: [12, 345]))
        for bad in ["", "serve", "=12", "serve=", "serve=12,", "serve=x", "serve=-1", "serve=0"] {
            #expect(ProcessGroup(argument: bad) == nil, "\(bad)")
        }
    }
}
