import Foundation
import Observability
import Redis
import Synchronization
import TestPrograms
import Testing

/// Passwords, users, and TLS.
@Suite(.redis) struct SigningInTests {
    @Test func `a password, or a user with theirs`() async throws {
        let settings = ["requirepass s3/cret@", "user ann on >ann-secret +@all ~* &*"]
        try await RedisServer.use(settings) { server in
            let here = "127.0.0.1:\(server.port)"
            for credentials in [":s3%2Fcret%40@", "default:s3%2Fcret%40@", "ann:ann-secret@"] {
                try await TestRedis.use("redis://\(credentials)\(here)") { test in
                    try await test.expectAnswer()
                }
            }
            for (credentials, kind) in [("", "NOAUTH"), (":wrong-canary@", "WRONGPASS"), ("ann:wrong-canary@", "WRONGPASS")] {
                let log = LineCollector()
                try await Logger.$current.withValue(Logger(label: "test", level: .trace, sink: log)) {
                    try await TestRedis.use("redis://\(credentials)\(here)", waits: false) { test in
                        let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
                        #expect(error?.code == .unavailable && error?.kind == kind)
                        #expect(error.map { "\($0)".contains("canary") } == false)
                        #expect(test.redis.health == .unavailable)
                    }
                }
                #expect(log.lines.contains { $0.contains(kind) })
                #expect(!log.lines.contains { $0.contains("canary") })
            }
        }
    }

    @Test func `TLS, when the certificate is trusted and is the host's`() async throws {
        let certificate = try TestCertificate(for: "DNS:localhost,IP:127.0.0.1")
        defer { certificate.remove() }
        let port = try RedisServer.freePort()
        let settings = [
            "port 0", "tls-port \(port)", "tls-cert-file \(certificate.chain)", "tls-key-file \(certificate.key)", "tls-auth-clients no",
            "requirepass secret", "bind 127.0.0.1 127.0.0.2",
        ]
        let server = try RedisServer(settings, port: port)
        defer { server.remove() }
        for host in ["127.0.0.1", "localhost"] {
            try await TestRedis.use("rediss://:secret@\(host):\(port)?ca_file=\(certificate.chain)") { test in
                try await test.expectAnswer()
                let value = [UInt8](repeating: 7, count: 200_000)
                let replies = try await test.redis.send([RedisCommand("SET", "a", value), RedisCommand("GET", "a")])
                #expect(replies == [.status("OK"), .bytes(value)])
                let (_, inbox) = await test.listen(to: RedisChannel("c"))
                try await eventually(within: .seconds(10)) { inbox.gaps.count == 1 }
                test.redis.publish(Array("hello".utf8), to: RedisChannel("c"))
                try await eventually(within: .seconds(10)) { inbox.messages == ["c:hello"] }
            }
        }
        let other = "rediss://:secret@127.0.0.2:\(port)?ca_file=\(certificate.chain)"
        for (url, reason) in [
            ("rediss://:secret@localhost:\(port)", "TLS failed"),  // nobody vouches for it
            (other, "TLS failed"),  // it is somebody else's
            ("redis://:secret@localhost:\(port)", ":\(port): "),  // we do not speak TLS: closed, or reset
        ] {
            try await TestRedis.use(url, waits: false) { test in
                let error = await #expect(throws: RedisError.self) { try await test.redis.send("PING") }
                #expect(error?.code == .unavailable && error?.explanation?.contains(reason) == true, "\(error?.explanation ?? "")")
            }
        }
    }
}

/// Collects log lines.
private final class LineCollector: LogSink {
    private let collected = Mutex<[String]>([])

    var lines: [String] { collected.withLock { $0 } }

    func write(_ line: [UInt8]) { collected.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
}
