internal import Glibc
public import Runtime

/// A TCP connection, plain or under TLS. Belongs to its loop, lives until it is closed.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or is called there by the handler.
public final class TCPConnection: @unchecked Sendable {
    /// How long the peer may take nothing of what is left after ``finish()``, how long for all of it, how long to close its side
    /// then, and how long to finish a TLS handshake.
    enum Patience {
        static let stall = Duration.seconds(10)
        static let flush = Duration.seconds(120)
        static let linger = Duration.seconds(2)
        static let handshake = Duration.seconds(10)
    }

    private enum State {
        case open
        /// Everything queued is to be sent, then our side is shut.
        case finishing
        /// Our side is shut; what the peer still sends is thrown away until it closes (RFC 9112 §9.6).
        case lingering
        case closed
    }

    public let loop: EventLoop
    public let peer: SocketAddress
    /// Who is told. Set it before the tick ends in which the connection was handed over.
    public var handler: (any ConnectionHandler)?

    private let descriptor: Int32
    private var watcher: DescriptorWatcher?
    private var state = State.open
    private var outbound = OutboundQueue()
    private var tls: TLSSession?
    /// Plaintext that waits for the end of the tick, or of the handshake.
    private var unencrypted = OutboundQueue()
    private var deadline: LoopTimer?
    private var isReadingPaused = false
    private var isInputOver = false
    private var flushesThisTick = false
    /// The kernel's buffer is full: it tells when there is room again.
    private var isWaitingForRoom = false
    /// Something could not leave at once, because of the kernel or of the handshake: the handler is told when all has left.
    private var owesDrained = false
    /// Holds the connection while it is open: libuv knows it by a bare pointer.
    private var whileOpen: TCPConnection?

    /// - Parameter descriptor: a connected, non-blocking socket, owned from here on.
    init(owning descriptor: Int32, peer: SocketAddress, tls: TLSSession?, loop: EventLoop) throws {
        self.loop = loop
        self.peer = peer
        self.descriptor = descriptor
        self.tls = tls
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let watcher = try DescriptorWatcher(descriptor: descriptor, on: loop, owner: self)
        self.watcher = watcher
        whileOpen = self
        watcher.interest = .readable
        if let tls {
            deadline = loop.schedule(after: Patience.handshake) { [weak self] in self?.end(NetworkError(.timedOut)) }
            tls.start()
            flushAtEndOfTick()
        }
    }

    // MARK: For the handler

    /// Bytes that have not been handed to the kernel yet.
    public var unsentBytes: Int { outbound.byteCount + unencrypted.byteCount }

    public var isOpen: Bool { state == .open }

    /// Queues bytes. All that one tick queues leaves together, when the tick ends.
    public func write(_ bytes: [UInt8]) {
        guard state == .open else { return }
        if tls == nil { outbound.append(bytes) } else { unencrypted.append(bytes) }
        flushAtEndOfTick()
    }

    /// Takes nothing more from the peer until ``resumeReading()``: the kernel's window holds it back.
    public func pauseReading() {
        isReadingPaused = true
        updateInterest()
    }

    public func resumeReading() {
        isReadingPaused = false
        updateInterest()
    }

    /// Sends what is queued, then closes in good order, so that the peer reads the last answer before it sees the end.
    public func finish() {
        guard state == .open else { return }
        state = .finishing
        isReadingPaused = false
        endUnlessPeerReads(until: loop.now + UInt64(Patience.flush.components.seconds) * 1000)
        flushAtEndOfTick()
        updateInterest()
    }

    /// Closes now. What was queued is lost.
    public func abort() { end(nil) }

    // MARK: Input

    private func readOnce() {
        let scratch = loop.scratch
        let count = read(descriptor, scratch.baseAddress, scratch.count)
        if count > 0 {
            receive(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        } else if count == 0 {
            inputEnded()
        } else if errno != EAGAIN && errno != EINTR {
            end(NetworkError(.system, errno: errno))
        }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        guard let tls else { return deliver(bytes) }
        let outcome = tls.receive(bytes) { plaintext in
            deliver(plaintext)
            return state != .closed
        }
        if tls.isEstablished, state == .open {
            deadline?.cancel()
            deadline = nil
        }
        flushAtEndOfTick()
        switch outcome {
        case .waiting: break
        case .ended: inputEnded()
        case .failed: end(NetworkError(.tls))
        }
    }

    private func deliver(_ bytes: UnsafeRawBufferPointer) {
        guard state == .open else { return }
        handler?.connection(self, received: bytes)
    }

    private func inputEnded() {
        guard !isInputOver else { return }
        isInputOver = true
        updateInterest()
        switch state {
        case .open: handler?.connectionInputEnded(self)
        case .finishing: break
        case .lingering: end(nil)
        case .closed: break
        }
    }

    // MARK: Output

    private func flushAtEndOfTick() {
        guard !flushesThisTick, state != .closed else { return }
        flushesThisTick = true
        loop.atEndOfTick(self)
    }

    private func flush() {
        encrypt()
        while !outbound.isEmpty {
            let sent = outbound.withNext(gatherIn: loop.scratch) { bytes in
                send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 {
                outbound.consume(sent)
            } else if errno == EAGAIN {
                isWaitingForRoom = true
                owesDrained = true
                updateInterest()
                return
            } else if errno != EINTR {
                return end(NetworkError(.system, errno: errno))
            }
        }
        isWaitingForRoom = false
        updateInterest()
        guard unencrypted.isEmpty else {
            owesDrained = true
            return
        }
        if state == .finishing {
            shutOutput()
        } else if owesDrained {
            owesDrained = false
            handler?.connectionDrained(self)
        }
    }

    private func encrypt() {
        guard let tls else { return }
        while !unencrypted.isEmpty {
            var count = 0
            let isTaken = unencrypted.withNext(gatherIn: loop.scratch) { bytes in
                count = bytes.count
                return tls.send(bytes)
            }
            guard isTaken else { break }  // the handshake is under way: what waits leaves when it is done
            unencrypted.consume(count)
        }
        if let ciphertext = tls.takeOutput() { outbound.append(ciphertext) }
    }

    /// A slow reader may take its time for what is left, but one that takes nothing is gone.
    private func endUnlessPeerReads(until last: UInt64) {
        let unsent = unsentBytes
        deadline?.cancel()
        deadline = loop.schedule(after: Patience.stall) { [weak self] in
            guard let self else { return }
            if unsentBytes < unsent, loop.now < last { endUnlessPeerReads(until: last) } else { end(nil) }
        }
    }

    private func shutOutput() {
        state = .lingering
        deadline?.cancel()
        deadline = loop.schedule(after: Patience.linger) { [weak self] in self?.end(nil) }
        if let goodbye = tls?.goodbye() {
            goodbye.withUnsafeBytes { _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
        shutdown(descriptor, Int32(SHUT_WR))
        if isInputOver { end(nil) } else { updateInterest() }
    }

    // MARK: State

    private func updateInterest() {
        guard let watcher else { return }
        var interest: Readiness = []
        if !isReadingPaused && !isInputOver { interest.insert(.readable) }
        if isWaitingForRoom { interest.insert(.writable) }
        watcher.interest = interest
    }

    private func end(_ error: NetworkError?) {
        guard state != .closed else { return }
        state = .closed
        deadline?.cancel()
        deadline = nil
        watcher?.close()
        watcher = nil
        close(descriptor)
        outbound.clear()
        unencrypted.clear()
        tls = nil
        let handler = handler
        self.handler = nil
        handler?.connectionEnded(self, error: error)
        whileOpen = nil
    }
}

extension TCPConnection: DescriptorOwner {
    public func descriptorReady(_ readiness: Readiness) {
        if readiness.contains(.writable), isWaitingForRoom { flushAtEndOfTick() }
        if readiness.contains(.readable), !isReadingPaused, !isInputOver, state != .closed { readOnce() }
    }
}

extension TCPConnection: TickParticipant {
    public func tickEnded() {
        flushesThisTick = false
        if state == .open || state == .finishing { flush() }
    }
}
