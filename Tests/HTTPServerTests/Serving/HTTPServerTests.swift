import JSON
import Networking
import Observability
import Testing

@testable import HTTPServer

private struct Draft: JSONDecodable, JSONDescribed {
    static var schema: JSONSchema { .object([.required("content", .string())]) }

    var content: String

    init(from json: inout JSONReader) throws(JSONError) {
        var content: String?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "content": content = try json.string()
            default: try json.skip()
            }
        }
        self.content = try json.required("content", content)
    }
}

extension PathParameter<Int> {
    fileprivate static var user: Self { Self("user", "A number.", Int.schema) { Int($0) } }
}

extension QueryParameter<Int> {
    fileprivate static var limit: Self { Self("limit", "Another number.", Int.schema) { Int($0) } }
}

private enum Refusal: Error, HTTPRefusal {
    case tooMany

    var httpError: HTTPError {
        HTTPError(.rateLimited, "Slow down.", details: [("limit", "test")], headers: [HeaderField(.retryAfter, HeaderValue(7))])
    }
}

private struct Breakdown: Error {}
private struct LostDatabase: Error {}

private struct MemberContext: RequestContext {
    static let caller: Caller = "member"
    let name: String
}

private func admit(_ request: Request) throws -> MemberContext {
    guard let name = request.headers[.authorization]?.split(separator: " ").last else {
        throw HTTPError(.unauthenticated, "Sign in.", headers: [HeaderField(.wwwAuthenticate, "Bearer")])
    }
    return MemberContext(name: String(name))
}

private let router: Router = {
    var router = Router()
    router.mount([
        Route(.get, "/hello", "Says hello.") { _, _ in .text(200, "hello") },
        Route(.get, "/slow", "Takes a while.") { _, _ in
            try await Task.sleep(for: .milliseconds(100))
            return .text(200, "slow")
        },
        Route(.post, "/drafts", "Takes a draft.", input: Draft.self) { request, _ in .text(201, try request.decode(Draft.self).content) },
        Route(.post, "/", "Takes anything.") { _, _ in .noContent },
        Route(.post, "/small", "Takes four bytes.", body: .collected(upTo: 4)) { request, _ in .text(200, "\(request.body.count)") },
        Route(.post, "/upload", "Counts while it reads.", body: .streamed(upTo: 3_000_000)) { request, _ in
            var count = 0
            if let stream = request.bodyStream { for try await piece in stream { count += piece.count } }
            return .text(200, "\(count)")
        },
        Route(.post, "/careless", "Answers before it has read.", body: .streamed(upTo: 3_000_000)) { _, _ in .text(200, "whatever") },
        Route(.get, "/stream", "Writes while it works.") { _, _ in
            .stream(200, contentType: "text/plain") { writer in
                for number in 0..<100 { try await writer.write(Array("\(number),".utf8)) }
            }
        },
        Route(.get, "/flood", "Writes 32 MB.") { _, _ in
            .stream(200, contentType: "text/plain") { writer in
                for _ in 0..<512 { try await writer.write([UInt8](repeating: 0x61, count: 65_536)) }
            }
        },
        Route(.get, "/half", "Breaks in the middle.") { _, _ in
            .stream(200, contentType: "text/plain") { writer in
                try await writer.write(Array("half".utf8))
                throw Breakdown()
            }
        },
        Route(.get, "/large", "A long body.") { _, _ in .text(200, String(repeating: "l", count: 1_000_000)) },
        Route(.get, "/empty", "Nothing.") { _, _ in .noContent },
        Route(.get, "/users/\(.user)", "Shows a user.", query: [QueryParameter.limit.description]) { request, _ in
            let number = try request.parameter(.user)
            let limit = try request.query(.limit) ?? 10
            return .text(200, "\(number) \(limit)")
        },
        Route(.get, "/refusal", "Refuses.") { _, _ in throw Refusal.tooMany },
        Route(.get, "/breakdown", "Breaks.") { _, _ in throw Breakdown() },
        Route(.get, "/lost", "Loses its database.") { _, _ in throw LostDatabase() },
        Route(.get, "/peer", "Shows the client.") { request, _ in
            .text(200, "\(request.peer.host) \(request.id) \(request.trace.traceIDText)")
        },
    ])
    let hallo: Middleware<MemberContext> = { request, context, next in
        try await next(request, MemberContext(name: context.name + "!")).with(.vary, "Authorization")
    }
    router.mount(
        [Route<MemberContext>(.get, "/me", "Shows who I am.") { _, context in .text(200, context.name) }], under: "/api", through: [hallo],
        admitting: admit)
    return router
}()

private func serve(_ adjust: (inout HTTPServerConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void) async throws {
    try await TestServer.run(
        router,
        { configuration in
            configuration.answerForFailure = { error in
                error is LostDatabase ? HTTPError(.unavailable, "Try again.", headers: [HeaderField(.retryAfter, HeaderValue(1))]) : nil
            }
            adjust(&configuration)
        }, body)
}

@Suite struct HTTPServerTests {
    @Test func `a request is answered and the connection stays`() async throws {
        try await serve { server in
            let client = try server.client()
            for _ in 0..<3 {
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try await client.answer()
                #expect(answer.status == 200 && answer.body == "hello")
                #expect(answer.fields["x-content-type-options"] == "nosniff" && answer.fields["date"]?.hasSuffix("GMT") == true)
                #expect(answer.fields["connection"] == nil)
            }
        }
    }

    @Test func `pipelined requests are answered in their order, though the first takes longest`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send(
                "GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\nPOST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                    + "GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await client.answer().body == "slow")
            #expect(try await client.answer().body == "hello")
            #expect(try await client.answer().body == "3")
            #expect(try await client.answer().body.hasSuffix("98,99,"))
            #expect(try await client.answer().status == 404)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func `a thousand pipelined requests get a thousand answers`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send(
                String(repeating: "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", count: 1_000) + "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n")
            for _ in 0..<1_000 { #expect(try await client.answer().body == "hello") }
            #expect(try await client.answer().status == 204)
        }
    }

    @Test func `whoever asks in HTTP 1_0 is answered and let go, unless it asks to stay`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let stays = try await client.answer()
            #expect(stays.body == "hello" && stays.fields["connection"] == "keep-alive")
            try await client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let goes = try await client.answer()
            #expect(goes.fields["connection"] == "close" && goes.fields["transfer-encoding"] == nil && goes.body.hasPrefix("0,1,2,"))
        }
    }

    @Test func `a client that has said all it has to say still gets its answers`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()
            #expect(try await client.answer().body == "slow")
            #expect(try await client.answer().body == "hello")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test(arguments: ["/upload", "/small"]) func `a client that ends in the middle of its body gets no success`(_ path: String) async throws
    {
        try await serve { server in
            let client = try server.client()
            try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
            client.finishSending()
            let rest = try await client.readToEnd()
            #expect(path == "/upload" ? rest.hasPrefix("HTTP/1.1 400 ") : rest == "")
            #expect(!server.log.lines.contains { $0.contains("unexpectedly") })
        }
    }

    @Test(arguments: RefusedRequest.all.enumerated().filter { $0.offset % 25 == 0 }.map(\.element))
    func `what the parser refuses is answered and closed`(_ row: RefusedRequest) async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send(row.bytes + Array("\r\nGET /hello HTTP/1.1\r\nHost: smuggled\r\n\r\n".utf8))
            let answer = try await client.answer()
            #expect(answer.status == row.fault.code.status.code && answer.fields["connection"] == "close")
            #expect(answer.body.hasPrefix(#"{"error":{"code":""#) && answer.body.contains(row.fault.message))
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func `HEAD has the head of GET, OPTIONS the methods`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send(
                "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS /drafts HTTP/1.1\r\nHost: a\r\n\r\n"
            )
            #expect(try await client.answer(toHead: true).fields["content-length"] == "5")
            #expect(try await client.answer(toHead: true).fields["transfer-encoding"] == "chunked")
            let options = try await client.answer()
            #expect(options.status == 204 && options.fields["allow"] == "POST, OPTIONS")
        }
    }

    @Test func `every refusal has the one shape, and the connection stays when nothing is unclear`() async throws {
        try await serve { server in
            let client = try server.client()
            for (path, status, code) in [
                ("/nothing", 404, "not_found"), ("/drafts", 405, "method_not_allowed"), ("/refusal", 429, "rate_limited"),
                ("/breakdown", 500, "internal"), ("/lost", 503, "unavailable"), ("/users/x", 404, "not_found"),
                ("/users/1?limit=x", 400, "validation_error"), ("/api/me", 401, "unauthenticated"),
            ] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nX-Request-ID: my-id_1\r\n\r\n")
                let answer = try await client.answer()
                #expect(answer.status == status && answer.body.hasPrefix(#"{"error":{"code":"\#(code)","message":""#), "\(path)")
                #expect(answer.body.hasSuffix(#","request_id":"my-id_1"}}"#) && answer.fields["connection"] == nil, "\(path)")
                if status == 405 { #expect(answer.fields["allow"] == "POST, OPTIONS") }
                if status == 429 { #expect(answer.fields["retry-after"] == "7" && answer.body.contains(#""details":{"limit":"test"}"#)) }
                if status == 401 { #expect(answer.fields["www-authenticate"] == "Bearer") }
            }
            try await client.send("GET /users/7?limit=20 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer().body == "7 20")
        }
    }

    @Test func `who asks is known to the handler, and middleware stands around it`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("GET /api/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ada\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.body == "ada!" && answer.fields["vary"] == "Authorization")
        }
    }

    @Test(arguments: [
        ("application/json", #"{"content":"hi"}"#, 201), ("application/json; charset=utf-8", #"{"content":"hi"}"#, 201),
        ("text/plain", #"{"content":"hi"}"#, 415),
        ("application/x-www-form-urlencoded", "content=hi", 415), ("application/json", "{", 400), ("application/json", "", 400),
        ("application/json", "{}", 400),
        ("application/json", #"{"content":7}"#, 400), ("application/merge-patch+json", #"{"content":"hi"}"#, 201),
    ]) func `a body is read as JSON or refused`(type: String, body: String, status: Int) async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send(
                "POST /drafts HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let answer = try await client.answer()
            #expect(answer.status == status && answer.fields["connection"] == nil)
            if status == 201 { #expect(answer.body == "hi") }
        }
    }

    @Test func `bodies come in chunks, all at once or in a stream`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send(
                "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n3;x=y\r\nbcd\r\n0\r\n\r\n")
            #expect(try await client.answer().body == "4")
            let piece = [UInt8](repeating: 0x61, count: 65_536)
            try await client.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<32 { try await client.send(Array("10000\r\n".utf8) + piece + Array("\r\n".utf8)) }
            try await client.send("0\r\n\r\n")
            #expect(try await client.answer().body == "2097152")
            try await client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n")
            try await client.send(piece)
            #expect(try await client.answer().body == "65536")
        }
    }

    @Test(arguments: [
        "Content-Length: 5\r\n\r\nabcde", "Content-Length: 99999999999\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    ])
    func `a body over the route's limit is refused, and the answer arrives`(_ rest: String) async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("POST /small HTTP/1.1\r\nHost: a\r\n\(rest)")
            try await client.send([UInt8](repeating: 0x61, count: 300_000))
            let answer = try await client.answer()
            #expect(answer.status == 413 && answer.fields["connection"] == "close" && answer.body.contains("payload_too_large"))
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func `a streamed body over the limit is refused too`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n400000\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 413 && answer.fields["connection"] == "close")
        }
    }

    @Test func `a handler that does not read its body ends the connection with its answer`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("POST /careless HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc")
            let answer = try await client.answer()
            #expect(answer.body == "whatever" && answer.fields["connection"] == "close")
        }
    }

    @Test func `who waits for a hundred gets it, or the answer at once`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try await client.answer().status == 100)
            try await client.send("ab")
            #expect(try await client.answer().body == "2")
            try await client.send("POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(try await client.answer().status == 413)
            let other = try server.client()
            try await other.send("POST /nothing HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            let answer = try await other.answer()
            #expect(answer.status == 404 && answer.fields["connection"] == "close")
        }
    }

    @Test func `a stream that breaks is cut, so that nobody takes the half for the whole`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("GET /half HTTP/1.1\r\nHost: a\r\n\r\n")
            await #expect(throws: (any Error).self) { try await client.answer() }
        }
    }

    @Test func `a slow reader gets all of a long stream`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("GET /flood HTTP/1.1\r\nHost: a\r\n\r\nGET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await client.answer().body.utf8.count == 512 * 65_536)
            #expect(try await client.answer().body.utf8.count == 1_000_000)
        }
    }

    @Test func `a long answer arrives before the connection is closed`() async throws {
        try await serve { server in
            for _ in 0..<5 {
                let client = try server.client()
                try await client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nrubbish behind it")
                #expect(try await client.answer().body.utf8.count == 1_000_000)
                #expect(try await client.readToEnd() == "")
            }
        }
    }

    @Test func `ids and traces come in, and are not taken from just anybody`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send(
                "GET /peer HTTP/1.1\r\nHost: a\r\nX-Request-ID: abc-123\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n"
            )
            let known = try await client.answer()
            #expect(known.body == "127.0.0.1 abc-123 0af7651916cd43dd8448eb211c80319c" && known.fields["x-request-id"] == "abc-123")
            try await client.send("GET /peer HTTP/1.1\r\nHost: a\r\nX-Request-ID: a b\"c\r\ntraceparent: 00-zz\r\n\r\n")
            let unknown = try await client.answer()
            let parts = unknown.body.split(separator: " ")
            #expect(parts[1].count == 15 && unknown.fields["x-request-id"] == String(parts[1]) && parts[2].count == 32)
        }
    }

    @Test func `the access log tells the route and not the path`() async throws {
        try await serve { server in
            let client = try server.client()
            try await client.send("GET /users/4711?limit=secret HTTP/1.1\r\nHost: a\r\nX-Request-ID: r9\r\n\r\n")
            _ = try await client.answer()
            let line = try #require(server.log.lines.first { $0.contains("request answered") })
            #expect(line.contains(#""route":"/users/{user}""#) && line.contains(#""status":"400""#) && line.contains(#""request_id":"r9""#))
            #expect(line.contains("elapsed_ms") && !line.contains("4711") && !line.contains("secret"))
            #expect(server.metric(#"parley_http_requests_total{method="GET",route="/users/{user}",status="4xx"}"#)?.hasSuffix(" 1") == true)
        }
    }
}
