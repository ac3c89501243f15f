internal import CSockets
internal import Glibc
internal import Observability
public import Runtime

/// A port on which connections arrive: one listening socket per loop (`SO_REUSEPORT`), so that the kernel spreads them.
public final class TCPListener: Sendable {
    /// Where it listens. With port 0 asked for, the port that the kernel chose.
    public let address: SocketAddress
    private let acceptors: [Acceptor]

    /// Listens, and gives every new connection to `accept`, on the loop where it belongs.
    ///
    /// - Parameters:
    ///   - tls: a server's context; without one the connections are plain.
    ///   - accept: sets the connection's handler.
    /// - Throws: ``NetworkError`` with `.unresolvable`, `.addressInUse` or `.system`.
    public init(
        host: String, port: UInt16, group: EventLoopGroup, tls: TLSContext? = nil,
        accept: @escaping @Sendable (TCPConnection) -> Void
    ) async throws {
        guard let wanted = try SocketAddress.resolve(host: host, port: port).first else { throw NetworkError(.unresolvable) }
        if port != 0 { try Self.preconditionUnused(wanted) }
        var acceptors: [Acceptor] = []
        var address = wanted
        do {
            for loop in group.loops {
                let descriptor = try Self.listen(at: address, sharesPort: true)
                if acceptors.isEmpty { address = Self.boundAddress(descriptor) ?? wanted }
                acceptors.append(Acceptor(descriptor, loop: loop, tls: tls, accept: accept))
            }
        } catch {
            for acceptor in acceptors { acceptor.discard() }
            throw error
        }
        self.address = address
        self.acceptors = acceptors
        for acceptor in acceptors { await acceptor.loop.run { _ in acceptor.start() } }
    }

    /// Takes no more connections. Those that stand are not touched.
    public func close() async {
        for acceptor in acceptors { await acceptor.loop.run { _ in acceptor.stop() } }
    }

    /// `SO_REUSEPORT` would let two servers share a port unnoticed: the first socket asks for it alone.
    private static func preconditionUnused(_ address: SocketAddress) throws(NetworkError) {
        Glibc.close(try listen(at: address, sharesPort: false))
    }

    private static func listen(at address: SocketAddress, sharesPort: Bool) throws(NetworkError) -> Int32 {
        let descriptor = csockets_open(address.family)
        guard descriptor >= 0 else { throw NetworkError(.system, errno: errno) }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if sharesPort { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, size) }
        guard address.withSockaddr({ bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 4096) == 0 else {
            let status = errno
            Glibc.close(descriptor)
            throw NetworkError(status == EADDRINUSE ? .addressInUse : .system, errno: status)
        }
        return descriptor
    }

    private static func boundAddress(_ descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return status == 0 ? SocketAddress(storage) : nil
    }
}

/// One loop's listening socket.
///
/// `@unchecked Sendable`: after `init` it is touched on its loop only.
private final class Acceptor: DescriptorOwner, @unchecked Sendable {
    /// Connections taken in one go before others on the loop get their turn.
    private static let batch = 64
    /// How long to wait when there are no file descriptors left: an `accept` that fails at once would spin.
    private static let pause = Duration.milliseconds(100)

    let loop: EventLoop
    private let descriptor: Int32
    private let tls: TLSContext?
    private let accept: @Sendable (TCPConnection) -> Void
    private var watcher: DescriptorWatcher?

    init(_ descriptor: Int32, loop: EventLoop, tls: TLSContext?, accept: @escaping @Sendable (TCPConnection) -> Void) {
        self.descriptor = descriptor
        self.loop = loop
        self.tls = tls
        self.accept = accept
    }

    func start() {
        watcher = try? DescriptorWatcher(descriptor: descriptor, on: loop, owner: self)
        watcher?.interest = .readable
    }

    func stop() {
        guard let watcher else { return }
        watcher.close()
        self.watcher = nil
        close(descriptor)
    }

    /// Gives up a socket that never started.
    func discard() { close(descriptor) }

    func descriptorReady(_ readiness: Readiness) {
        for _ in 0..<Self.batch {
            var storage = sockaddr_storage()
            let accepted = csockets_accept(descriptor, &storage)
            guard accepted >= 0 else { return acceptFailed(errno) }
            guard let peer = SocketAddress(storage), let connection = try? connection(accepted, peer) else {
                close(accepted)
                continue
            }
            accept(connection)
        }
    }

    private func connection(_ accepted: Int32, _ peer: SocketAddress) throws -> TCPConnection {
        let session = try tls.map { try TLSSession($0, host: nil) }
        return try TCPConnection(owning: accepted, peer: peer, tls: session, loop: loop)
    }

    private func acceptFailed(_ status: Int32) {
        switch status {
        case EAGAIN, EINTR, ECONNABORTED: return
        default:
            Logger.current.warning("connections cannot be accepted for a moment", ["errno": "\(status)"])
            watcher?.interest = []
            loop.schedule(after: Self.pause) { [weak self] in self?.watcher?.interest = .readable }
        }
    }
}
