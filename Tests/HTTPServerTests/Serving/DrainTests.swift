import HTTPServer
import Testing

@Suite struct DrainTests {
    private let gate = Gate()
    private var router: Router {
        var router = Router()
        router.mount([
            Route(.get, "/hello", "Says hello.") { _, _ in .text(200, "hello") },
            Route(.get, "/slow", "Takes until the gate opens.") { [gate] _, _ in
                await gate.passed()
                return .text(200, "slow")
            },
            Route(.get, "/forever", "Never ends.") { _, _ in
                while !Task.isCancelled { try await Task.sleep(for: .seconds(60)) }
                return .noContent
            },
        ])
        return router
    }

    @Test func `what is in flight is answered, and told that it was the last`() async throws {
        try await TestServer.run(router, loops: 2) { server in
            let busy = try server.client()
            let idle = try server.client()
            try await idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await idle.answer().body == "hello")
            try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await gate.reached()
            server.stop()
            #expect(try await idle.readToEnd() == "")
            gate.open()
            let answer = try await busy.answer()
            #expect(answer.body == "slow" && answer.fields["connection"] == "close")
            #expect(try await busy.readToEnd() == "")
            await server.stopped()
            #expect(throws: RawClient.ClientError.notConnected) { try server.client() }
        }
    }

    @Test func `what does not end in time is cut`() async throws {
        try await TestServer.run(router, { $0.timing.drain = .milliseconds(200) }) { server in
            let client = try server.client()
            try await client.send("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(50))
            server.stop()
            #expect(try await client.readToEnd() == "")
            await server.stopped()
        }
    }

    @Test func `a connection too many is told to come back`() async throws {
        try await TestServer.run(router, { $0.maximumConnections = 2 }) { server in
            let first = try server.client()
            let second = try server.client()
            for client in [first, second] {
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.answer().body == "hello")
            }
            let third = try server.client()
            let answer = try await third.answer()
            #expect(answer.status == 503 && answer.fields["retry-after"] == "1" && answer.body.contains("unavailable"))
        }
    }
}
