import Foundation
import Networking
import Runtime
import TestPrograms
import Testing

@testable import HTTPClient

@Suite struct TLSTests {
    @Test func `a server is trusted by its certificate and its name, and by nothing less`() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let context = try TLSContext.server(certificateChain: certificate.chain, privateKey: certificate.key)
        let toLoopback: @Sendable (String) throws(NetworkError) -> [SocketAddress] = { _ throws(NetworkError) in
            try SocketAddress.resolve(host: "127.0.0.1", port: 0)
        }
        try await withClient(.operators, { ($0.authority, $0.resolve) = (certificate.chain, toLoopback) }) { client, group in
            let server = try await ScriptedServer(on: group, tls: context) { _, connection in connection.answer("secret") }
            let response = try await client.send(HTTPClientRequest(.get, "https://localhost:\(server.port)/"))
            #expect(response.body == Array("secret".utf8) && response.version == .http1)
            #expect(await failure(client, HTTPClientRequest(.get, "https://other.test:\(server.port)/")) == .tls)
            #expect(await failure(client, HTTPClientRequest(.get, "https://127.0.0.1:\(server.port)/")) == .tls)
            let plain = try await ScriptedServer(on: group) { _, connection in connection.answer("plain") }
            #expect(await failure(client, HTTPClientRequest(.get, "https://localhost:\(plain.port)/", deadline: .seconds(1))) != nil)
            try await withClient(.operators, { $0.resolve = toLoopback }) { stranger, _ in
                #expect(await failure(stranger, HTTPClientRequest(.get, "https://localhost:\(server.port)/")) == .tls)
            }
            try await withClient(.operators, { ($0.authority, $0.resolve) = ("/nowhere.pem", toLoopback) }) { misled, _ in
                #expect(await failure(misled, HTTPClientRequest(.get, "https://localhost:\(server.port)/")) == .tls)
            }
            await plain.close()
            await server.close()
        }
    }

    @Test func `a redirect from https to http is refused`() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let context = try TLSContext.server(certificateChain: certificate.chain, privateKey: certificate.key)
        try await withClient(.operators, { ($0.authority, $0.redirectLimit) = (certificate.chain, 3) }) { client, group in
            let plain = try await ScriptedServer(on: group) { _, connection in connection.answer("plain") }
            let location = plain.url
            let server = try await ScriptedServer(on: group, tls: context) { _, connection in
                connection.answer("", status: "302 Found", headers: "Location: \(location)\r\n")
            }
            #expect(await failure(client, HTTPClientRequest(.get, "https://localhost:\(server.port)/")) == .redirectRefused)
            #expect(plain.seen.connections == 0)
            await server.close()
            await plain.close()
        }
    }

    @Test func `a server that has HTTP 2 is asked by it, all on one connection`() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let server = try HTTP2Server(certificate)
        defer { server.stop() }
        try await withClient(.operators, { $0.authority = certificate.chain }) { client, _ in
            for _ in 0..<3 {
                let response = try await client.send(
                    HTTPClientRequest(.post, "https://localhost:\(server.port)/", body: Array("hello".utf8)))
                #expect(response.version == .http2 && response.status == 200)
                #expect(response.body == Array("connection 1".utf8))
            }
            let url = "https://localhost:\(server.port)/"
            try await withThrowingTaskGroup { tasks in
                for _ in 0..<50 { tasks.addTask { try await client.send(HTTPClientRequest(.get, url)) } }
                for try await response in tasks {
                    #expect(response.version == .http2 && response.body == Array("connection 1".utf8))
                }
            }
        }
    }
}

/// As much of HTTP/2 as one client needs, in Python: our own server has HTTP/1.1 alone.
private struct HTTP2Server {
    let port: Int
    private let process = Process()

    /// Answers each request, once its last frame has come, with the number of its connection. Source: RFC 9113 §3.4, §4.1, §6;
    /// 0x88 is `:status: 200` of HPACK's static table (RFC 7541, appendix A).
    private static let program = """
        import socket, ssl, sys, threading

        def exactly(stream, count):
            data = b""
            while len(data) < count:
                piece = stream.recv(count - len(data))
                if not piece:
                    raise EOFError
                data += piece
            return data

        def frame(kind, flags, stream, payload=b""):
            return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload

        def serve(connection, number):
            try:
                assert connection.selected_alpn_protocol() == "h2"
                exactly(connection, 24)
                connection.sendall(frame(4, 0, 0))
                while True:
                    head = exactly(connection, 9)
                    kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
                    payload = exactly(connection, int.from_bytes(head[:3], "big"))
                    if kind == 4 and not flags & 1:
                        connection.sendall(frame(4, 1, 0))
                    if kind == 6 and not flags & 1:
                        connection.sendall(frame(6, 1, 0, payload))
                    if kind in (0, 1) and flags & 1:
                        body = f"connection {number}".encode()
                        connection.sendall(frame(1, 4, stream, b"\\x88") + frame(0, 1, stream, body))
            except (EOFError, OSError):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        context.set_alpn_protocols(["h2"])
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        number = 0
        while True:
            plain, _ = listener.accept()
            number += 1
            threading.Thread(target=serve, args=(context.wrap_socket(plain, server_side=True), number), daemon=True).start()
        """

    init(_ certificate: TestCertificate) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", Self.program, certificate.chain, certificate.key]
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(line.split(separator: "\n").first ?? ""))
    }

    /// At once: a child of a thread that blocks signals does not hear SIGTERM.
    func stop() { kill(process.processIdentifier, SIGKILL) }
}
