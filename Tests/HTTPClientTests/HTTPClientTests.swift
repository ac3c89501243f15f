import Networking
import Runtime
import Synchronization
import Testing

@testable import HTTPClient

@Suite struct HTTPClientTests {
    // MARK: - Requests and answers

    @Test func `a request arrives as it was made, and so does its answer`() async throws {
        try await withClient { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in
                connection.answer("made", status: "201 Created", headers: "X-Answer: yes\r\nSet-Cookie: a=b\r\n")
            }
            let request = HTTPClientRequest(
                .post, server.url + "/a/b?c=d", headers: [HTTPClientHeader("X-Hook", "1"), HTTPClientHeader("X-Empty", "")],
                body: Array("hello".utf8))
            let response = try await client.send(request)
            #expect(response.status == 201 && response["x-answer"] == "yes" && response.body == Array("made".utf8))
            _ = try await client.send(request)
            for seen in server.seen.requests {
                let head = seen.lowercased()
                #expect(seen.hasPrefix("POST /a/b?c=d HTTP/1.1\r\n") && seen.hasSuffix("\r\n\r\nhello"))
                #expect(head.contains("x-hook: 1\r\n") && head.contains("x-empty:\r\n") && head.contains("content-length: 5\r\n"))
                for unasked in ["accept-encoding", "cookie", "expect", "content-type", "authorization", "referer"] {
                    #expect(!head.contains(unasked + ":"))
                }
            }
            await server.close()
        }
    }

    @Test(arguments: [HTTPClientRequest.Method.get, .head, .post, .put, .patch, .delete], [nil, []] as [[UInt8]?])
    func `every method comes through, with a body or without`(method: HTTPClientRequest.Method, body: [UInt8]?) async throws {
        try await withClient { client, group in
            let server = try await ScriptedServer(on: group) { request, connection in
                connection.answer(request.hasPrefix("HEAD") ? "" : "x")
            }
            if method == .head && body != nil { return }
            let response = try await client.send(HTTPClientRequest(method, server.url, body: body))
            #expect(response.status == 200)
            let request = server.seen.requests.first ?? ""
            #expect(request.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
            #expect(request.lowercased().contains("content-length: 0") == (body != nil))
            await server.close()
        }
    }

    @Test func `a compressed body is handed on as it is`() async throws {
        try await withClient { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in
                connection.answer("not gzip", headers: "Content-Encoding: gzip\r\n")
            }
            #expect(try await client.send(HTTPClientRequest(.get, server.url)).body == Array("not gzip".utf8))
            await server.close()
        }
    }

    @Test(arguments: [
        HTTPClientHeader("X", "a\r\nY: b"), HTTPClientHeader("X", "a\nb"), HTTPClientHeader("X", "\0"), HTTPClientHeader("X\r\nY", "a"),
        HTTPClientHeader("", "a"), HTTPClientHeader("X:", "a"), HTTPClientHeader("X Y", "a"), HTTPClientHeader("Host", "a"),
        HTTPClientHeader("content-length", "1"), HTTPClientHeader("Transfer-Encoding", "chunked"), HTTPClientHeader("Connection", "close"),
    ])
    func `a header that would say something else is refused`(header: HTTPClientHeader) async throws {
        try await withClient { client, group in
            #expect(await failure(client, HTTPClientRequest(.get, "http://127.0.0.1:1", headers: [header])) == .invalidRequest)
        }
    }

    // MARK: - Connections

    @Test func `a connection is used again, and no more are open to a host than allowed`() async throws {
        try await withClient(.operators, { $0.connectionsPerHost = 2 }) { client, group in
            let server = try await ScriptedServer(on: group) { request, connection in
                if request.hasPrefix("GET /slow") {
                    connection.loop.schedule(after: .milliseconds(50)) { connection.answer("slow") }
                } else {
                    connection.answer("fast")
                }
            }
            for _ in 0..<5 { _ = try await client.send(HTTPClientRequest(.get, server.url)) }
            #expect(server.seen.connections == 1)
            let (url, count) = (server.url, 8)
            let answered = try await withThrowingTaskGroup { tasks in
                for _ in 0..<count { tasks.addTask { try await client.send(HTTPClientRequest(.get, url + "/slow")).status } }
                return try await tasks.reduce(into: 0) { $0 += $1 == 200 ? 1 : 0 }
            }
            #expect(answered == count && server.seen.mostOpen == 2)
            await server.close()
        }
    }

    @Test func `a kept connection that died meanwhile does no harm`() async throws {
        try await withClient { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in
                connection.answer("x")
                connection.finish()
            }
            for _ in 0..<3 { #expect(try await client.send(HTTPClientRequest(.post, server.url, body: [1])).status == 200) }
            #expect(server.seen.connections == 3)
            await server.close()
        }
    }

    @Test func `requests from several loops and from none are all answered`() async throws {
        try await withClient(loops: 3) { client, group in
            let server = try await ScriptedServer(on: group) { request, connection in
                connection.answer(String(request.prefix { $0 != "\r\n" }))
            }
            let url = server.url
            try await withThrowingTaskGroup { tasks in
                for number in 0..<60 {
                    tasks.addTask {
                        let send = { @Sendable () async throws(HTTPClientError) in
                            try await client.send(HTTPClientRequest(.get, "\(url)/\(number)"))
                        }
                        let response = number % 4 == 3 ? try await send() : try await group.loops[number % 4].perform(send)
                        #expect(response.body == Array("GET /\(number) HTTP/1.1".utf8))
                    }
                }
                try await tasks.waitForAll()
            }
            await server.close()
        }
    }

    @Test func `more requests than allowed are told so at once`() async throws {
        try await withClient(.operators, { $0.requestsPerLoop = 1 }) { client, group in
            let server = try await ScriptedServer(on: group) { _, _ in }
            let first = Task { [url = server.url] in await failure(client, HTTPClientRequest(.get, url)) }
            while server.seen.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            #expect(await failure(client, HTTPClientRequest(.get, server.url)) == .overloaded)
            first.cancel()
            #expect(await first.value == .cancelled)
            await server.close()
        }
    }

    // MARK: - Limits

    private static let endless =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + String(repeating: "400\r\n\(String(repeating: "x", count: 1024))\r\n", count: 200)

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", .bodyTooLarge),
            ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\nx", .bodyTooLarge),
            (endless, .bodyTooLarge),
            ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 200_000), .bodyTooLarge),
            ("HTTP/1.1 200 OK\r\n" + String(repeating: "X-Long: \(String(repeating: "y", count: 900))\r\n", count: 20), .headTooLarge),
            ("HTTP/1.1 200 OK\r\nX-Long: " + String(repeating: "y", count: 400_000), nil),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", .connectionLost),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", .connectionLost),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", .connectionLost),
            ("HTTP/1.1 200 OK\r\nContent-Le", .connectionLost), ("", .connectionLost), ("SSH-2.0-OpenSSH_9.2\r\n", .connectionLost),
            ("<html>hello</html>", .connectionLost), ("\0\0\0\0", .connectionLost), ("HTTP/1.1 100 Continue\r\n\r\n", .connectionLost),
        ] as [(String, HTTPClientError.Code?)])
    func `an answer that is too large, cut short or none at all is an error`(answer: String, code: HTTPClientError.Code?) async throws {
        try await withClient(.operators, { ($0.bodyLimit, $0.headLimit) = (100_000, 10_000) }) { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in
                connection.write(answer)
                connection.finish()
            }
            let found = await failure(client, HTTPClientRequest(.get, server.url))
            #expect(code.map { $0 == found } ?? (found != nil), "\(answer.prefix(60)): \(String(describing: found))")
            await server.close()
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nX: y\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
    func `an answer that does not come to its end in time is given up`(answer: String) async throws {
        try await withClient(.operators, { $0.deadline = .seconds(60) }) { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in connection.write(answer) }
            let began = ContinuousClock.now
            #expect(await failure(client, HTTPClientRequest(.get, server.url, deadline: .milliseconds(200))) == .timedOut)
            #expect(ContinuousClock.now - began < .seconds(20))
            await server.close()
        }
    }

    @Test func `a name that takes too long is given up, and nobody waits behind it`() async throws {
        let slow: @Sendable (String) throws(NetworkError) -> [SocketAddress] = { name throws(NetworkError) in
            if name == "slow.test" { MonotonicClock.sleep(until: MonotonicClock.now + 1_000_000_000) }
            return try SocketAddress.resolve(host: "127.0.0.1", port: 0)
        }
        try await withClient(.operators, { ($0.connectDeadline, $0.resolve) = (.milliseconds(100), slow) }) { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in connection.answer("x") }
            let port = server.port
            async let waiting = failure(client, HTTPClientRequest(.get, "http://slow.test:\(port)/"))
            #expect(try await client.send(HTTPClientRequest(.get, "http://fast.test:\(port)/")).status == 200)
            #expect(await waiting == .timedOut)
            await server.close()
        }
    }

    @Test func `nobody there, and a name of nobody, are errors`() async throws {
        try await withClient(.operators, { $0.resolve = { _ throws(NetworkError) in throw NetworkError(.unresolvable) } }) {
            client, group in
            #expect(await failure(client, HTTPClientRequest(.get, "http://127.0.0.1:1/")) == .unreachable)
            #expect(await failure(client, HTTPClientRequest(.get, "http://nobody.test/")) == .unresolvable)
        }
    }

    // MARK: - Cancelling and closing

    @Test func `a task that is cancelled ends its transfer at once`() async throws {
        try await withClient { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in connection.write("HTTP/1.1 200 OK\r\n") }
            let task = Task { [url = server.url] in await failure(client, HTTPClientRequest(.get, url)) }
            while server.seen.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            #expect(await task.value == .cancelled)
            while server.seen.open > 0 { try await Task.sleep(for: .milliseconds(5)) }
            let late = Task { [url = server.url] in
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure(client, HTTPClientRequest(.get, url))
            }
            #expect(await late.value == .cancelled)
            await server.close()
        }
    }

    @Test func `a client that closes lets what is under way finish, and takes nothing more`() async throws {
        try await withClient { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in
                connection.loop.schedule(after: .milliseconds(100)) { connection.answer("late") }
            }
            let task = Task { [url = server.url] in await failure(client, HTTPClientRequest(.get, url)) }
            while server.seen.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            await client.close(within: .seconds(30))
            #expect(await task.value == nil)
            #expect(await failure(client, HTTPClientRequest(.get, server.url)) == .closed)
            await client.close()
            await server.close()
        }
    }

    @Test func `what does not finish in time is cut`() async throws {
        try await withClient { client, group in
            let server = try await ScriptedServer(on: group) { _, _ in }
            let task = Task { [url = server.url] in await failure(client, HTTPClientRequest(.get, url)) }
            while server.seen.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            await client.close(within: .milliseconds(50))
            #expect(await task.value == .closed)
            await server.close()
        }
    }
}
