import DMService
import Testing

@testable import parley

@Suite struct DevCommandTests {
    @Test(arguments: ["0", "65536", "http", "", "-1", " 8080"])
    func `a port that is none is refused by the name of its variable`(port: String) throws {
        let failure = #expect(throws: DevFailure.self) {
            try DevCommand(arguments: [], environment: ["PARLEY_PORT": port])
        }
        #expect(failure?.explanation.hasPrefix("PARLEY_PORT is \"\(port)\"") == true)
    }

    @Test func `production is refused`() {
        let failure = #expect(throws: DevFailure.self) {
            try DevCommand(arguments: [], environment: ["PARLEY_ENV": "production"])
        }
        #expect(failure?.explanation.contains("parley serve") == true)
    }

    @Test func `an unknown argument is answered with the usage`() {
        let failure = #expect(throws: DevFailure.self) { try DevCommand(arguments: ["--loud"], environment: [:]) }
        #expect(failure?.explanation.hasPrefix("usage: ") == true)
    }

    @Test func `an exit status tells a code from a signal`() {
        #expect(ExitStatus(0) == .exited(0))
        #expect(ExitStatus(3 << 8) == .exited(3))
        #expect(ExitStatus(9) == .killed(signal: 9))
        #expect(ExitStatus(0x80 | 11) == .killed(signal: 11))  // with a core dump
    }

    @Test func `demo passwords are long enough to be accepted`() {
        #expect(DemoPerson.everyone.allSatisfy { $0.password.count >= 12 })
        #expect(Set(DemoPerson.everyone.map(\.username)).count == 2)
    }
}
