import Glibc
import Testing

@testable import parley

@Suite final class DevHomeTests {
    private let folder = "/tmp/parley-tests-\(DevHome.randomDigits(bytes: 8))"

    deinit {
        for path in ["home/log/serve.log", "home/log/serve.log.1", "home/secret", "home/lock", "home/text", "link"] {
            unlink("\(folder)/\(path)")
        }
        for path in ["home/log", "home/hold", "home", ""] { rmdir("\(folder)/\(path)") }
    }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test func `a home is made with the folders above it, and made again without harm`() throws {
        let home = try DevHome(path: "\(folder)/home")
        #expect(try DevHome(path: "\(folder)/home").path == home.path)
        #expect(Files.names(in: home.path) == ["hold", "log"])
    }

    @Test func `a home behind a link is one home`() throws {
        let home = try DevHome(path: "\(folder)/home")
        symlink(home.path, "\(folder)/link")
        #expect(try DevHome(path: "\(folder)/link").path == home.path)
    }

    @Test func `a secret is made once, and only its owner may read it`() throws {
        let home = try DevHome(path: "\(folder)/home")
        let secret = try home.keepsake("secret") { DevHome.randomDigits(bytes: 32) }
        #expect(secret.utf8.count == 64)
        #expect(try home.keepsake("secret") { "another" } == secret)
        #expect(mode(of: "\(home.path)/secret") == 0o600)
    }

    @Test func `a second process is told who has the home`() throws {
        let home = try DevHome(path: "\(folder)/home")
        try home.lock(note: "process 12, http://127.0.0.1:8080/")
        let failure = #expect(throws: DevFailure.self) { try home.lock(note: "process 13") }
        #expect(failure?.explanation == "already running in \(home.path): process 12, http://127.0.0.1:8080/")
    }

    @Test func `a file is replaced whole, with its mode`() throws {
        let home = try DevHome(path: "\(folder)/home")
        let path = "\(home.path)/text"
        try Files.write(String(repeating: "a", count: 200_000), to: path)
        try Files.write("b", to: path, mode: 0o644)
        #expect(Files.read(path) == "b")
        #expect(mode(of: path) == 0o644)
        #expect(Files.names(in: home.path) == ["hold", "log", "text"])
    }

    @Test func `a log that grew long is put aside`() throws {
        let home = try DevHome(path: "\(folder)/home")
        let log = home.log("serve")
        try Files.write("short", to: log)
        #expect(home.log("serve") == log && Files.read(log) == "short")
        truncate(log, 17 << 20)
        #expect(home.log("serve") == log && !Files.exists(log) && Files.exists(log + ".1"))
    }

    @Test func `a port with a listener is not free, and is claimed once`() throws {
        let port = try LoopbackPort.claimAny()
        #expect(LoopbackPort.isFree(port))
        let failure = #expect(throws: DevFailure.self) { try LoopbackPort.claim(port) }
        #expect(failure?.explanation.hasPrefix("port \(port) is in use") == true)
        #expect(!LoopbackPort.answersOK(port, path: "/health/ready"))
    }
}
