import Networking
import Runtime
import Synchronization
import Testing

@testable import HTTPClient

@Suite struct DestinationTests {
    /// Nothing but the address stops a request: any port, plain HTTP.
    private static let publicOnly = DestinationPolicy(allowsPlainHTTP: true, ports: nil, isPublicOnly: true)

    /// Ways to write hosts of the inside; `P` stands for the tripwire's port.
    @Test(arguments: [
        "http://127.0.0.1:P/", "http://127.1:P/", "http://127.0.1:P/", "http://2130706433:P/", "http://0x7f000001:P/", "http://0x7f.1:P/",
        "http://017700000001:P/", "http://0177.0.0.1:P/", "http://0177.0x0.0.1:P/", "http://127.0.0.1.:P/", "http://LOCALHOST:P/",
        "http://localhost:P/", "http://localhost.:P/", "http://0:P/", "http://0.0.0.0:P/", "http://[::1]:P/", "http://[::]:P/",
        "http://[0:0:0:0:0:0:0:1]:P/", "http://[::ffff:127.0.0.1]:P/", "http://[::ffff:7f00:1]:P/", "http://[::127.0.0.1]:P/",
        "http://[::ffff:0:127.0.0.1]:P/", "http://[64:ff9b::7f00:1]:P/", "http://[2002:7f00:1::]:P/", "http://[fe80::1%25lo]:P/",
        "http://[::1%25lo]:P/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://100.100.100.200/",
        "http://168.63.129.16/", "http://10.0.0.1/", "http://192.168.0.1/", "http://172.16.0.1/", "http://224.0.0.1/",
        "http://255.255.255.255/", "http://example.org@127.0.0.1:P/", "http://127.0.0.1:P@example.org/", "http://user:pass@127.0.0.1:P/",
        "http://@127.0.0.1:P/", "http:127.0.0.1:P", "http:///127.0.0.1:P/", "//127.0.0.1:P/", "127.0.0.1:P", "localhost:P/",
        "http://127.0.0.1:P\r\nHost: x/", "http://127.0.0.1:P/\u{0}", "http://127.0.0.1 :P/", " http://127.0.0.1:P/", "http://①②⑦.⓪.⓪.①:P/",
        "http://127。0。0。1:P/", "http://localhost\u{FF0F}:P/", "http://127.0.0.1%2f.example.org:P/", "http://%31%32%37.0.0.1:P/",
        "http://127.0.0.1:00P/", "http://127.0.0.1:/", "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:-1/",
        "http://inside.test:P/", "http://half.test:P/", "http://INSIDE.test:P/", "http://inside.test.:P/", "http://mapped.test:P/",
        "ftp://127.0.0.1:P/", "file:///etc/passwd", "gopher://127.0.0.1:P/_x", "dict://127.0.0.1:P/x", "ldap://127.0.0.1:P/",
        "smtp://127.0.0.1:P/", "telnet://127.0.0.1:P/", "ws://127.0.0.1:P/", "tftp://127.0.0.1:P/", "unix:/var/run/x", "data:text/plain,x",
        "javascript:alert(1)", "http+unix://x/", "", "http", "http:", "http://", "http://?", "http://[", "http://[::1", "http://[]/",
        "http://a,b/", "http://a:b:c/", "http://-:P:x/", "http://*/", "http://a b/", "https://127.0.0.1:P/", "HTTP://127.0.0.1:P/",
    ])
    func `no spelling leads inside`(spelling: String) async throws {
        let names: @Sendable (String) throws(NetworkError) -> [SocketAddress] = { name throws(NetworkError) in
            let addresses = ["inside.test": ["127.0.0.1"], "half.test": ["8.8.8.8", "127.0.0.1"], "mapped.test": ["::ffff:127.0.0.1"]][name]
            guard let addresses else { throw NetworkError(.unresolvable) }
            return addresses.compactMap { SocketAddress(literal: $0) }
        }
        try await withClient(Self.publicOnly, { ($0.resolve, $0.connectDeadline) = (names, .seconds(5)) }) { client, group in
            let tripwire = try await ScriptedServer(on: group) { _, connection in connection.answer("inside") }
            let url = spelling.replacing("P", with: "\(tripwire.port)")
            let code = await failure(client, HTTPClientRequest(.get, url))
            #expect([.destinationRefused, .invalidRequest, .unresolvable].contains(code), "\(url): \(String(describing: code))")
            #expect(tripwire.seen.connections == 0)
            await tripwire.close()
        }
    }

    @Test func `the check stands at the socket, whatever was looked up before it`() async throws {
        try await withClient { _, group in
            let tripwire = try await ScriptedServer(on: group) { _, connection in connection.answer("inside") }
            let port = tripwire.port
            let configuration = HTTPClientConfiguration(destinations: Self.publicOnly)
            let codes = Mutex<[HTTPClientError.Code?]>([])
            let loop = group.loops[0]
            let pool = try await loop.run { loop in try TransferPool(on: loop, configuration) }
            // What would be left if nothing were asked before: libcurl with a URL, and an address that it is told or finds by itself.
            for (host, addresses) in [
                ("rebound.test", ["127.0.0.1"]), ("rebound.test", ["::1", "127.0.0.1"]), ("localhost", []), ("127.1", []),
            ] {
                let target = "http://\(host):\(port)/"
                await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                    loop.post {
                        do {
                            let url = try #require(TargetURL(target))
                            var held: Transfer?
                            held = try Transfer(
                                HTTPClientRequest(.get, target), to: url, at: addresses.map { try address($0) }, headers: [],
                                connectDeadline: .seconds(5), configuration
                            ) { _, outcome in
                                codes.withLock { $0.append(outcome.code) }
                                held = nil
                                done.resume()
                            }
                            if let held { try pool.start(held) }
                        } catch {
                            Issue.record(error)
                            done.resume()
                        }
                    }
                }
            }
            await loop.run { _ in pool.release() }
            #expect(codes.withLock { $0 } == Array(repeating: .destinationRefused, count: 4))
            #expect(tripwire.seen.connections == 0)
            await tripwire.close()
        }
    }

    @Test func `a name that changes its mind is asked anew, and what it says then is checked`() async throws {
        var policy = Self.publicOnly
        policy.allowedBlocks = [try #require(AddressBlock("127.0.0.2"))]
        let asked = Mutex(0)
        let rebinding: @Sendable (String) throws(NetworkError) -> [SocketAddress] = { _ throws(NetworkError) in
            let turn = asked.withLock { count in
                count += 1
                return count
            }
            return [SocketAddress(literal: turn == 1 ? "127.0.0.2" : "127.0.0.1")].compactMap(\.self)
        }
        try await withClient(policy, { ($0.resolve, $0.nameLifetime) = (rebinding, .zero) }) { client, group in
            let server = try await ScriptedServer(on: group, host: "127.0.0.2") { _, connection in
                connection.answer("allowed", headers: "Connection: close\r\n")
                connection.finish()
            }
            let tripwire = try await ScriptedServer(on: group, port: server.port) { _, connection in connection.answer("inside") }
            let url = "http://rebind.test:\(server.port)/"
            #expect(try await client.send(HTTPClientRequest(.get, url)).body == Array("allowed".utf8))
            #expect(await failure(client, HTTPClientRequest(.get, url)) == .destinationRefused)
            #expect(asked.withLock { $0 } == 2 && tripwire.seen.connections == 0)
            await server.close()
            await tripwire.close()
        }
    }

    @Test func `one address of the inside is enough to refuse a name`() async throws {
        var policy = Self.publicOnly
        policy.allowedBlocks = [try #require(AddressBlock("127.0.0.2"))]
        let half: @Sendable (String) throws(NetworkError) -> [SocketAddress] = { _ throws(NetworkError) in
            ["127.0.0.2", "127.0.0.1"].compactMap { SocketAddress(literal: $0) }
        }
        try await withClient(policy, { $0.resolve = half }) { client, group in
            let server = try await ScriptedServer(on: group, host: "127.0.0.2") { _, connection in connection.answer("allowed") }
            #expect(await failure(client, HTTPClientRequest(.get, "http://half.test:\(server.port)/")) == .destinationRefused)
            #expect(server.seen.connections == 0)
            await server.close()
        }
    }

    @Test func `strangers get https on its own port, operators what they like`() async throws {
        try await withClient(.strangers) { client, _ in
            for url in ["http://example.org/", "https://example.org:8443/", "https://example.org:80/", "http://example.org:443/"] {
                #expect(await failure(client, HTTPClientRequest(.get, url)) == .destinationRefused)
            }
        }
    }

    @Test func `a name is looked up once for all who ask at a time, and for a while`() async throws {
        let asked = Mutex(0)
        let names: @Sendable (String) throws(NetworkError) -> [SocketAddress] = { _ throws(NetworkError) in
            asked.withLock { $0 += 1 }
            MonotonicClock.sleep(until: MonotonicClock.now + 50_000_000)
            return try SocketAddress.resolve(host: "127.0.0.1", port: 0)
        }
        try await withClient(.operators, { $0.resolve = names }) { client, group in
            let server = try await ScriptedServer(on: group) { _, connection in connection.answer("x") }
            let url = "http://one.test:\(server.port)/"
            try await withThrowingTaskGroup { tasks in
                for _ in 0..<5 { tasks.addTask { _ = try await client.send(HTTPClientRequest(.get, url)) } }
                try await tasks.waitForAll()
            }
            _ = try await client.send(HTTPClientRequest(.get, url))
            #expect(asked.withLock { $0 } == 1)
            await server.close()
        }
    }
}

extension Result<HTTPClientResponse, HTTPClientError> {
    fileprivate var code: HTTPClientError.Code? { if case .failure(let error) = self { error.code } else { nil } }
}
