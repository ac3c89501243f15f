import Crypto
import Testing

@testable import DMService

@Suite struct CapacityTests {
    @Test(arguments: [(nil, 2, 2), (nil, 64, 64), (nil, 128, 64), (8, 128, 8)])
    func `there are no more loops than sockets can be found on`(wanted: Int?, cores: Int, loops: Int) {
        #expect(SocketDirectory.loopCount(wanted: wanted, cores: cores) == loops)
    }

    @Test func `the last loop is told apart from the first`() {
        let directory = SocketDirectory()
        let member = Member.ID(UUIDv7Generator().next())
        directory.add(member, loop: SocketDirectory.loopLimit - 1)
        #expect(directory.loops(of: member) == 1 << 63)
    }

    @Test func `clients get what descriptors the loops do not need`() {
        let limit = { (descriptors: Int, loops: Int) in
            Server.connectionLimit(descriptors: descriptors, loops: loops, databaseConnections: 5)
        }
        #expect(limit(1_024, 2) == 870)
        #expect(limit(1_048_576, 64) > 1_000_000)
        #expect(limit(256, 64) == 64, "a loop has room for one, whatever is configured")
    }
}
