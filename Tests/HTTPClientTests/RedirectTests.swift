import Networking
import Runtime
import Testing

@testable import HTTPClient

@Suite struct RedirectTests {
    private func server(on group: EventLoopGroup, _ locations: [String: String], status: Int = 302) async throws -> ScriptedServer {
        try await ScriptedServer(on: group) { request, connection in
            let path = String(request.split(separator: " ")[1])
            if let location = locations[path] {
                connection.answer("", status: "\(status) Elsewhere", headers: "Location: \(location)\r\n")
            } else {
                connection.answer("here")
            }
        }
    }

    @Test func `a redirect is an answer unless it is to be followed`() async throws {
        try await withClient { client, group in
            let server = try await server(on: group, ["/a": "/b"])
            let response = try await client.send(HTTPClientRequest(.get, server.url + "/a"))
            #expect(response.status == 302 && response["Location"] == "/b" && server.seen.requests.count == 1)
            await server.close()
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func `as many as are allowed are followed`(status: Int) async throws {
        try await withClient(.operators, { $0.redirectLimit = 2 }) { client, group in
            let server = try await server(on: group, ["/3": "/2", "/2": "/1", "/1": "0", "/loop": "/loop"], status: status)
            #expect(try await client.send(HTTPClientRequest(.get, server.url + "/2")).body == Array("here".utf8))
            #expect(await failure(client, HTTPClientRequest(.get, server.url + "/3")) == .redirectRefused)
            #expect(await failure(client, HTTPClientRequest(.get, server.url + "/loop")) == .redirectRefused)
            #expect(try await client.send(HTTPClientRequest(.post, server.url + "/2", body: [])).status == status)
            await server.close()
        }
    }

    @Test func `what was meant for one origin is not told to another`() async throws {
        try await withClient(.operators, { $0.redirectLimit = 3 }) { client, group in
            let other = try await server(on: group, [:])
            let server = try await server(on: group, ["/same": "/here", "/other": other.url + "/there"])
            let headers = [HTTPClientHeader("Authorization", "Bearer secret"), HTTPClientHeader("X-Trace", "1")]
            for path in ["/same", "/other"] { _ = try await client.send(HTTPClientRequest(.get, server.url + path, headers: headers)) }
            #expect(server.seen.requests.allSatisfy { $0.contains("Bearer secret") })
            #expect(
                other.seen.requests.count == 1 && other.seen.requests.allSatisfy { !$0.contains("secret") && $0.contains("X-Trace: 1") })
            await server.close()
            await other.close()
        }
    }

    @Test func `a redirect is held to the same rules as a URL`() async throws {
        var policy = DestinationPolicy(allowsPlainHTTP: true, ports: nil, isPublicOnly: true)
        policy.allowedBlocks = [try #require(AddressBlock("127.0.0.2"))]
        try await withClient(policy, { $0.redirectLimit = 5 }) { client, group in
            let tripwire = try await self.server(on: group, [:])
            let port = tripwire.port
            let locations = [
                "/loopback": "http://127.0.0.1:\(port)/", "/decimal": "http://2130706433:\(port)/", "/name": "http://localhost:\(port)/",
                "/mapped": "http://[::ffff:127.0.0.1]:\(port)/", "/file": "file:///etc/passwd", "/ftp": "ftp://127.0.0.2/",
                "/user": "http://a:b@127.0.0.2:\(port)/", "/metadata": "http://169.254.169.254/latest/meta-data/",
                "/gopher": "gopher://127.0.0.2:\(port)/_x", "/relative": "//127.0.0.1:\(port)/",
            ]
            let server = try await ScriptedServer(on: group, host: "127.0.0.2") { request, connection in
                let path = String(request.split(separator: " ")[1])
                connection.answer("", status: "302 Found", headers: "Location: \(locations[path] ?? "/")\r\n")
            }
            for path in locations.keys {
                let code = await failure(client, HTTPClientRequest(.get, "http://127.0.0.2:\(server.port)\(path)"))
                #expect(code == .destinationRefused || code == .invalidRequest, "\(path): \(String(describing: code))")
            }
            #expect(server.seen.requests.count == locations.count && tripwire.seen.connections == 0)
            await server.close()
            await tripwire.close()
        }
    }
}
