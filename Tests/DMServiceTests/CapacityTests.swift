import Crypto
import Foundation
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

    @Test func `the doctor counts the connections that the service will need`() throws {
        let settings = ["PARLEY_LOOPS": "8", "PARLEY_DATABASE_CONNECTIONS": "4"]
        #expect(try TestService.configuration(settings).neededConnections(cores: 2) == 37)
        #expect(try TestService.configuration().neededConnections(cores: 2) == 10)
        #expect(Finding.connections(free: 40, held: 1, maximum: 100, needed: 41).isGood)
        #expect(Finding.connections(free: 1, held: 42, maximum: 100, needed: 41).isGood, "the service runs")
        #expect(!Finding.connections(free: 39, held: 1, maximum: 100, needed: 41).isGood)
    }

    @Test(.database, arguments: [("1", true), ("64", false)])
    func `the doctor refuses a server with too few connections`(loops: String, isEnough: Bool) async throws {
        let url = try #require(ProcessInfo.processInfo.environment["PARLEY_TEST_DATABASE_URL"])
        let configuration = try TestService.configuration([
            "DATABASE_URL": url, "PARLEY_LOOPS": loops, "PARLEY_DATABASE_CONNECTIONS": isEnough ? "1" : "100",
            "PARLEY_MIGRATIONS": TestService.migrations,
        ])
        let findings = try await Workshop.run(configuration) { try await $0.examine() }
        let connections = try #require(findings.first { $0.subject == "connections" })
        #expect(connections.isGood == isEnough, "\(connections.words)")
    }
}
