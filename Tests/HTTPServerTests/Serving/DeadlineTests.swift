import HTTPServer
import Testing

/// Slow and silent peers, over loopback and with short deadlines. The exact rules are those of `ConnectionClock`.
@Suite struct DeadlineTests {
    private func serve(_ adjust: (inout HTTPServerConfiguration.Timing) -> Void, _ body: (TestServer) async throws -> Void) async throws {
        var router = Router()
        router.mount([
            Route(.get, "/hello", "Says hello.") { _, _ in .text(200, "hello") },
            Route(.post, "/take", "Takes a body.", body: .collected(upTo: 1 << 20)) { request, _ in .text(200, "\(request.body.count)") },
            Route(.post, "/stream", "Reads a body.", body: .streamed(upTo: 1 << 20)) { request, _ in
                if let stream = request.bodyStream { for try await _ in stream {} }
                return .text(200, "all")
            },
            Route(.get, "/large", "A long answer.") { _, _ in .bytes(200, [UInt8](repeating: 1, count: 64 << 20), contentType: "image/png")
            },
        ])
        try await TestServer.run(router, { adjust(&$0.timing) }, body)
    }

    @Test func `a head that comes byte by byte is cut off, and told`() async throws {
        try await serve {
            $0.head = .milliseconds(300)
        } _: { server in
            let client = try server.client(saying: "G")
            for byte in Array("ET /hello HTTP/1.1\r\n".utf8) {
                try await client.send([byte])
                try await Task.sleep(for: .milliseconds(20))
            }
            let answer = try await client.answer()
            #expect(answer.status == 408 && answer.body.contains(#""code":"timeout""#) && answer.fields["connection"] == "close")
        }
    }

    @Test func `a peer that says nothing is closed without a word`() async throws {
        try await serve {
            $0.head = .milliseconds(100)
            $0.keepAlive = .milliseconds(100)
        } _: { server in
            #expect(try await server.client().readToEnd() == "")
            let client = try server.client()
            try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer().body == "hello")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test(arguments: ["/take", "/stream"]) func `a body that trickles is cut off, and told`(_ path: String) async throws {
        try await serve {
            $0.bodyGrace = .milliseconds(200)
            $0.bodyRate = 1_000_000
        } _: { server in
            let client = try server.client()
            try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc")
            let answer = try await client.answer()
            #expect(answer.status == 408 && answer.fields["connection"] == "close")
        }
    }

    @Test func `a reader that takes nothing is dropped`() async throws {
        try await serve {
            $0.writeStall = .milliseconds(200)
        } _: { server in
            let client = try server.client()
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            for _ in 0..<300 where server.metric("parley_http_connections") != "parley_http_connections 0" {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(server.metric("parley_http_connections") == "parley_http_connections 0")
        }
    }

    @Test func `others are served while three hundred dawdle`() async throws {
        try await serve { _ in
        } _: { server in
            let dawdlers = try (0..<300).map { _ in try server.client() }
            for dawdler in dawdlers { try await dawdler.send("GET /hello HTTP/1.1\r\nHo") }
            let client = try server.client()
            try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer().body == "hello")
            #expect(server.metric("parley_http_connections") == "parley_http_connections 301")
        }
    }
}
