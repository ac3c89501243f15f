internal import CCurl
internal import Runtime

/// The connections of one loop, and the requests under way on them. libcurl says what to wait for, the loop waits.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class TransferPool: @unchecked Sendable {
    let loop: EventLoop
    let configuration: HTTPClientConfiguration
    let names: NameCache
    /// libcurl's side; `nil` once it is released.
    private var handle: OpaquePointer?
    private var watches: [Int32: SocketWatch] = [:]
    private var timer: LoopTimer?
    private var exchanges: [ObjectIdentifier: Exchange] = [:]
    private var isClosed = false
    /// Those who close it, and wait for the last exchange.
    private var closers: [UnsafeContinuation<Void, Never>] = []

    /// Whether libcurl is ready for use; found out once in the process.
    private static let isLibraryReady = ccurl_start()

    /// - Throws: ``HTTPClientError`` with `.overloaded`: memory has run out.
    init(on loop: EventLoop, _ configuration: HTTPClientConfiguration) throws(HTTPClientError) {
        self.loop = loop
        self.configuration = configuration
        names = NameCache(on: loop, configuration)
        var callbacks = ccurl_pool_callbacks(
            owner: Unmanaged.passUnretained(self).toOpaque(),
            watch: { owner, descriptor, interest in TransferPool.of(owner)?.watch(descriptor, interest) },
            schedule: { owner, milliseconds in TransferPool.of(owner)?.schedule(milliseconds) })
        var limits = ccurl_pool_limits(
            connections: configuration.connectionsPerLoop, connections_per_host: configuration.connectionsPerHost,
            idle_connections: configuration.idleConnectionsPerLoop)
        guard Self.isLibraryReady, let handle = ccurl_pool_new(&callbacks, &limits) else { throw HTTPClientError(.overloaded) }
        self.handle = handle
    }

    private static func of(_ owner: UnsafeMutableRawPointer?) -> TransferPool? {
        owner.map { Unmanaged<TransferPool>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Exchanges

    /// - Throws: ``HTTPClientError`` with `.closed` or `.overloaded`.
    func add(_ exchange: Exchange) throws(HTTPClientError) {
        guard !isClosed else { throw HTTPClientError(.closed) }
        guard exchanges.count < configuration.requestsPerLoop else { throw HTTPClientError(.overloaded) }
        exchanges[ObjectIdentifier(exchange)] = exchange
    }

    func remove(_ exchange: Exchange) {
        exchanges[ObjectIdentifier(exchange)] = nil
        guard exchanges.isEmpty else { return }
        for closer in closers { closer.resume() }
        closers = []
    }

    func start(_ transfer: Transfer) throws(HTTPClientError) {
        guard let handle else { throw HTTPClientError(.closed) }
        try transfer.start(in: handle)
    }

    // MARK: What libcurl waits for. Called from inside of it: nothing here calls back.

    private func watch(_ descriptor: Int32, _ interest: Int32) {
        guard let interest = UInt8(exactly: interest), interest > 0 else {
            watches.removeValue(forKey: descriptor)?.close()
            return
        }
        // A socket that cannot be watched is never ready, and its request ends by its deadline.
        let watch = watches[descriptor] ?? (try? SocketWatch(descriptor, in: self))
        watch?.interest = Readiness(rawValue: interest)
        watches[descriptor] = watch
    }

    private func schedule(_ milliseconds: Int) {
        timer?.cancel()
        timer = nil
        guard milliseconds >= 0 else { return }
        timer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in self?.act(-1, []) }
    }

    /// A socket is ready, or it is time (descriptor -1).
    fileprivate func act(_ descriptor: Int32, _ readiness: Readiness) {
        guard let handle else { return }
        ccurl_pool_act(handle, descriptor, Int32(readiness.rawValue))
        var outcome = CCURL_COMPLETE
        while let owner = ccurl_pool_next_ended(handle, &outcome) { Transfer.of(owner)?.end(outcome) }
    }

    // MARK: The end

    /// Takes no more requests, waits for those under way, and ends those that are left after `limit`.
    func close(within limit: Duration) async {
        loop.preconditionInLoop()
        isClosed = true
        if !exchanges.isEmpty {
            let cut = loop.schedule(after: limit) { [weak self] in self?.endAll() }
            await withUnsafeContinuation { closers.append($0) }
            cut.cancel()
        }
        release()
    }

    /// Ends what is under way, and closes the connections. Called as often as one likes.
    func release() {
        isClosed = true
        endAll()
        if let handle {
            self.handle = nil
            ccurl_pool_free(handle)
        }
        timer?.cancel()
        timer = nil
    }

    private func endAll() {
        for exchange in exchanges.values { exchange.end(.failure(HTTPClientError(.closed))) }
    }
}

/// One of libcurl's sockets, watched.
private final class SocketWatch: DescriptorOwner {
    private let descriptor: Int32
    private unowned let pool: TransferPool
    private var watcher: DescriptorWatcher?

    init(_ descriptor: Int32, in pool: TransferPool) throws {
        self.descriptor = descriptor
        self.pool = pool
        watcher = try DescriptorWatcher(descriptor: descriptor, on: pool.loop, owner: self)
    }

    var interest: Readiness {
        get { watcher?.interest ?? [] }
        set { watcher?.interest = newValue }
    }

    func close() { watcher?.close() }

    func descriptorReady(_ readiness: Readiness) { pool.act(descriptor, readiness) }
}
