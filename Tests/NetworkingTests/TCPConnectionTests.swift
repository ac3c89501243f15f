import Foundation
import Networking
import Runtime
import Synchronization
import TestPrograms
import Testing

@Suite struct TCPConnectionTests {
    @Test(arguments: [false, true]) func `what is sent comes back from an echo, whole and in order`(isEncrypted: Bool) async throws {
        try await withEcho(isEncrypted: isEncrypted) { listener, group, client in
            let sent = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
            let echoed = try await group.loops[0].exchange(sent, with: listener.address, tls: client, expecting: sent.count)
            #expect(echoed == sent)
        }
    }

    @Test func `many short writes of one tick arrive as one piece`() async throws {
        try await withEcho(isEncrypted: false) { listener, group, _ in
            let reader = Collector(expecting: 100)
            await group.loops[0].begin {
                let connection = try await TCPConnection.connect(to: listener.address, on: group.loops[0], handler: reader)
                for byte in 0..<100 { connection.write([UInt8(byte)]) }
            }
            #expect(await reader.bytes() == (0..<100).map { UInt8($0) })
        }
    }

    @Test func `a refused port is an error`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        // Port 1 is nobody's; one that was just given back may be another test's by now.
        let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: 1).first)
        let failure = Mutex<NetworkError?>(nil)
        await group.loops[0].begin {
            do {
                _ = try await TCPConnection.connect(to: address, on: group.loops[0], handler: Collector(expecting: 1))
            } catch let error as NetworkError { failure.withLock { $0 = error } }
        }
        #expect(failure.withLock { $0?.code } == .system)
    }

    @Test func `a port that somebody listens on is refused`() async throws {
        let group = EventLoopGroup(count: 2)
        defer { group.shutdown() }
        let first = try await TCPListener(host: "127.0.0.1", port: 0, group: group) { $0.abort() }
        await #expect { try await TCPListener(host: "127.0.0.1", port: first.address.port, group: group) { $0.abort() } } throws: {
            ($0 as? NetworkError)?.code == .addressInUse
        }
        await first.close()
    }

    @Test(arguments: [0, 3]) func `after finish the peer reads everything at its own pace, then the end`(pause seconds: Int) async throws {
        let group = EventLoopGroup(count: 2)
        defer { group.shutdown() }
        // More than the kernel's buffers hold.
        let answer = [UInt8](repeating: 7, count: 20_000_000)
        let listener = try await TCPListener(host: "127.0.0.1", port: 0, group: group) { connection in
            connection.handler = Collector(expecting: .max)
            connection.write(answer)
            connection.finish()
        }
        let reader = Collector(expecting: .max)
        await group.loops[0].begin {
            let connection = try await TCPConnection.connect(to: listener.address, on: group.loops[0], handler: reader)
            connection.write(Array("a question that nobody reads".utf8))
            guard seconds > 0 else { return }
            connection.pauseReading()
            group.loops[0].schedule(after: .seconds(seconds)) { connection.resumeReading() }
        }
        #expect(await reader.bytes() == answer)
        await listener.close()
    }

    @Test func `a reset behind bytes that were not read yet ends the connection`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let reader = Collector(expecting: .max)
        let listener = try await TCPListener(host: "127.0.0.1", port: 0, group: group) { connection in
            connection.handler = reader
            // All that the peer sends is there, and the reset too, when it is looked at.
            connection.pauseReading()
            connection.loop.schedule(after: .milliseconds(300)) { connection.resumeReading() }
        }
        let peer = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = listener.address.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(peer, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        try #require(isConnected)
        let sent = [UInt8](repeating: 7, count: 10_000)
        #expect(send(peer, sent, sent.count, Int32(MSG_NOSIGNAL)) == sent.count)
        var abruptly = linger(l_onoff: 1, l_linger: 0)
        setsockopt(peer, SOL_SOCKET, SO_LINGER, &abruptly, socklen_t(MemoryLayout<linger>.size))
        close(peer)
        #expect(await reader.bytes() == sent)
        await listener.close()
    }

    @Test func `what is written before the handshake leaves after it, and is told to have left`() async throws {
        let group = EventLoopGroup(count: 2)
        defer { group.shutdown() }
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let server = try TLSContext.server(certificateChain: certificate.chain, privateKey: certificate.key)
        let client = try TLSContext.client(authority: certificate.chain)
        let listener = try await TCPListener(host: "127.0.0.1", port: 0, group: group, tls: server) { connection in
            connection.handler = Farewell()
            connection.write(Array("come back later".utf8))
        }
        let reader = Collector(expecting: .max)
        await group.loops[0].begin {
            _ = try await TCPConnection.connect(to: listener.address, tls: (client, "localhost"), on: group.loops[0], handler: reader)
        }
        #expect(await reader.bytes() == Array("come back later".utf8))
        await listener.close()
    }

    @Test func `plain bytes to a TLS port end that connection only`() async throws {
        try await withEcho(isEncrypted: true) { listener, group, client in
            let reader = Collector(expecting: .max)
            await group.loops[0].begin {
                let connection = try await TCPConnection.connect(to: listener.address, on: group.loops[0], handler: reader)
                connection.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
            }
            _ = await reader.bytes()
            let echoed = try await group.loops[0].exchange([1, 2, 3], with: listener.address, tls: client, expecting: 3)
            #expect(echoed == [1, 2, 3])
        }
    }

    private func withEcho(
        isEncrypted: Bool, _ body: (TCPListener, EventLoopGroup, TLSContext?) async throws -> Void
    ) async throws {
        let group = EventLoopGroup(count: 2)
        defer { group.shutdown() }
        let certificate = isEncrypted ? try TestCertificate() : nil
        defer { certificate?.remove() }
        let server = try certificate.map { try TLSContext.server(certificateChain: $0.chain, privateKey: $0.key) }
        let client = try certificate.map { try TLSContext.client(authority: $0.chain) }
        let listener = try await TCPListener(host: "127.0.0.1", port: 0, group: group, tls: server) { connection in
            connection.handler = Echo()
        }
        try await body(listener, group, client)
        await listener.close()
    }
}

@Suite struct SocketAddressTests {
    @Test(arguments: [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("10.1.2.3", "10.1.2.3:80")])
    func `an address reads as it was written`(host: String, text: String) throws {
        let address = try #require(try SocketAddress.resolve(host: host, port: 80).first)
        #expect(address.description == text)
    }

    @Test func `a name that means nothing is an error`() {
        #expect { try SocketAddress.resolve(host: "not a host", port: 80) } throws: { ($0 as? NetworkError)?.code == .unresolvable }
    }
}

/// Sends back what it gets.
private final class Echo: ConnectionHandler {
    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) { connection.write(Array(bytes)) }
    func connectionInputEnded(_ connection: TCPConnection) { connection.finish() }
    func connectionDrained(_ connection: TCPConnection) {}
    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) {}
}

/// Ends a connection as soon as what was written to it has left.
private final class Farewell: ConnectionHandler {
    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {}
    func connectionInputEnded(_ connection: TCPConnection) {}
    func connectionDrained(_ connection: TCPConnection) { connection.finish() }
    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) {}
}

/// Collects what it gets, until there is enough or the end.
private final class Collector: ConnectionHandler, Sendable {
    private let expected: Int
    private let collected = Mutex<[UInt8]>([])
    private let (done, report) = AsyncStream<Void>.makeStream()

    init(expecting count: Int) { expected = count }

    func bytes() async -> [UInt8] {
        for await _ in done {}
        return collected.withLock { $0 }
    }

    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {
        let count = collected.withLock { collected in
            collected += bytes
            return collected.count
        }
        if count >= expected { connection.finish() }
    }

    func connectionInputEnded(_ connection: TCPConnection) { connection.finish() }
    func connectionDrained(_ connection: TCPConnection) {}
    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) { report.finish() }
}

extension EventLoop {
    /// Runs `body` as a task of this loop.
    nonisolated fileprivate func begin(_ body: @escaping @Sendable () async throws -> Void) async {
        await withCheckedContinuation { continuation in
            post {
                self.start {
                    do { try await body() } catch { Issue.record(error) }
                    continuation.resume()
                }
            }
        }
    }

    nonisolated fileprivate func exchange(_ bytes: [UInt8], with address: SocketAddress, tls: TLSContext?, expecting count: Int)
        async throws -> [UInt8]
    {
        let reader = Collector(expecting: count)
        await begin {
            let connection = try await TCPConnection.connect(to: address, tls: tls.map { ($0, "localhost") }, on: self, handler: reader)
            connection.write(bytes)
        }
        return await reader.bytes()
    }
}
