internal import CSockets
internal import Glibc
public import Runtime

extension TCPConnection {
    /// Connects to `address`. Call it on `loop`, where the connection will belong.
    ///
    /// - Parameters:
    ///   - tls: a client's context and the host's name, for TLS.
    ///   - handler: told of everything from the first byte on.
    /// - Throws: ``NetworkError`` with `.system` or `.timedOut`.
    public static func connect(
        to address: SocketAddress, tls: (context: TLSContext, host: String)? = nil, on loop: EventLoop, timeout: Duration = .seconds(10),
        handler: any ConnectionHandler & Sendable
    ) async throws -> TCPConnection {
        loop.preconditionInLoop()
        let descriptor = csockets_open(address.family)
        guard descriptor >= 0 else { throw NetworkError(.system, errno: errno) }
        do {
            try await Connecting.run(descriptor, to: address, on: loop, timeout: timeout)
            let session = try tls.map { try TLSSession($0.context, host: $0.host) }
            let connection = try TCPConnection(owning: descriptor, peer: address, tls: session, loop: loop)
            connection.handler = handler
            return connection
        } catch {
            close(descriptor)
            throw error
        }
    }
}

/// Waits for a connection to come about.
private final class Connecting: DescriptorOwner {
    private let descriptor: Int32
    private var watcher: DescriptorWatcher?
    private var timer: LoopTimer?
    private var waiter: CheckedContinuation<Void, any Error>?

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    static func run(_ descriptor: Int32, to address: SocketAddress, on loop: EventLoop, timeout: Duration) async throws {
        let status = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        if status == 0 { return }
        guard errno == EINPROGRESS else { throw NetworkError(.system, errno: errno) }
        let connecting = Connecting(descriptor)
        let watcher = try DescriptorWatcher(descriptor: descriptor, on: loop, owner: connecting)
        connecting.watcher = watcher
        watcher.interest = .writable
        connecting.timer = loop.schedule(after: timeout) { connecting.end(.failure(NetworkError(.timedOut))) }
        try await withCheckedThrowingContinuation { connecting.waiter = $0 }
    }

    func descriptorReady(_ readiness: Readiness) {
        var status: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &status, &size)
        end(status == 0 ? .success(()) : .failure(NetworkError(.system, errno: status)))
    }

    private func end(_ result: Result<Void, any Error>) {
        watcher?.close()
        watcher = nil
        timer?.cancel()
        timer = nil
        waiter?.resume(with: result)
        waiter = nil
    }
}
