public import Networking
internal import Observability
public import Runtime

/// One WebSocket. Belongs to its loop: call it there only.
///
/// While it is silent it owns no buffer, no timer and no task.
public final class WebSocketConnection {
    private let transport: TCPConnection
    /// Shared with all sockets of the endpoint.
    public let configuration: WebSocketConfiguration
    private let home: HTTPLoop
    private var decoder: WebSocketDecoder
    private var life: WebSocketLife
    private var delegate: (any WebSocketDelegate)?
    private let compressesOutput: Bool
    /// Whether the queue is to be looked at when the tick ends.
    private var checksQueue = false
    var place = -1

    /// Bytes from which on compressing a message is worth the work.
    private static let compressionThreshold = 256

    init(_ transport: TCPConnection, _ acceptance: WebSocketAcceptance, on home: HTTPLoop) {
        self.transport = transport
        self.home = home
        configuration = acceptance.configuration
        compressesOutput = acceptance.deflate?.compressesOutput ?? false
        decoder = WebSocketDecoder(
            role: .server, messageLimit: configuration.limits.message, fragmentLimit: configuration.limits.fragments,
            inflationLimit: configuration.limits.inflation, inflater: acceptance.deflate == nil ? nil : home.inflater)
        life = WebSocketLife(now: transport.loop.now)
    }

    public var loop: EventLoop { transport.loop }
    public var peer: SocketAddress { transport.peer }

    /// Bytes that were sent and have not left the process yet.
    public var unsentBytes: Int { transport.unsentBytes }

    /// Whether something that is sent now can still arrive.
    public var isOpen: Bool { life.stage == .open }

    // MARK: Sending

    /// Sends a frame made by ``WebSocketEncoder``. One frame may be sent to many sockets: it is not copied.
    ///
    /// A socket whose reader falls more than ``WebSocketConfiguration/Limits/unsent`` bytes behind is closed with
    /// ``WebSocketConfiguration/tooSlow``. After a close nothing is sent.
    public func send(_ frame: [UInt8]) {
        guard isOpen else { return }
        transport.write(frame)
        guard !checksQueue, transport.unsentBytes > configuration.limits.unsent else { return }
        // What this tick queued has not been offered to the kernel yet: only what is left afterwards is the reader's debt.
        checksQueue = true
        loop.atEndOfTick(self)
    }

    /// Sends a text message, compressed if that was negotiated and is worth it. The caller answers for its being UTF-8.
    public func send(text utf8: [UInt8]) { send(.text, utf8) }

    public func send(binary bytes: [UInt8]) { send(.binary, bytes) }

    private func send(_ opcode: WebSocketOpcode, _ message: [UInt8]) {
        if compressesOutput, message.count >= Self.compressionThreshold,
            let deflated = message.withUnsafeBytes({ home.deflater.deflate($0) })
        {
            send(deflated.withUnsafeBytes { WebSocketEncoder.frame(opcode, $0, isCompressed: true) })
        } else {
            send(WebSocketEncoder.frame(opcode, message))
        }
    }

    /// Says goodbye: sends a close frame, waits for the peer's, and ends the connection.
    ///
    /// - Parameter reason: for people, at most 123 bytes of UTF-8; longer ones are cut.
    public func close(_ code: WebSocketCloseCode, reason: String = "") {
        guard life.close(code, now: loop.now) else { return }
        transport.write(WebSocketEncoder.close(code, reason: reason))
        // A delegate that stopped reading would never see the peer's goodbye.
        transport.resumeReading()
    }

    // MARK: Receiving

    /// Stops reading, so that the peer has to wait; what was read already is still delivered.
    public func pauseReading() { if isOpen { transport.pauseReading() } }

    public func resumeReading() { transport.resumeReading() }

    /// Begins its life: from here on the transport's events come here.
    func open(_ delegate: any WebSocketDelegate) {
        self.delegate = delegate
        home.insert(self)
        home.core.metrics.webSockets.increment()
    }

    /// Takes bytes that the transport lent. They lie in a read buffer of the loop, which nobody reads again: messages
    /// are unmasked in it.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        life.heard(now: loop.now)
        var input = UnsafeMutableRawBufferPointer(mutating: bytes)
        while life.stage == .open || life.stage == .closing, let event = decoder.next(&input) { take(event) }
    }

    private func take(_ event: WebSocketDecoder.Event) {
        switch event {
        case .text(let payload):
            if isOpen { payload.withUnsafeBytes { delegate?.webSocket(self, receivedText: $0) } }
        case .binary(let payload):
            if isOpen { payload.withUnsafeBytes { delegate?.webSocket(self, receivedBinary: $0) } }
        case .ping(let payload):
            guard life.pinged(now: loop.now, limit: configuration.limits.pingsPerSecond) else { return fail(.policyViolation) }
            send(payload.withUnsafeBytes { WebSocketEncoder.frame(.pong, $0) })
        case .pong: break
        case .close(let code, _):
            if life.peerClosed(code) {
                transport.write(code.map { WebSocketEncoder.close($0) } ?? WebSocketEncoder.frame(.close, []))
            }
            transport.finish()
        case .failed(let fault):
            fail(fault.closeCode)
        }
    }

    /// Ends the connection because of something the peer did (RFC 6455 §7.1.7).
    private func fail(_ code: WebSocketCloseCode) {
        if life.fail(code) { transport.write(WebSocketEncoder.close(code)) }
        transport.finish()
    }
}

extension WebSocketConnection: ConnectionHandler {
    public func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) { receive(bytes) }

    public func connectionInputEnded(_ connection: TCPConnection) { transport.finish() }

    public func connectionDrained(_ connection: TCPConnection) {}

    public func connectionEnded(_ connection: TCPConnection, error: NetworkError?) {
        life.ended()
        let delegate = exchange(&delegate, with: nil)
        delegate?.webSocketClosed(self, code: life.code)
        home.core.metrics.webSockets.decrement()
        home.remove(self)  // last: a server that stops waits for this
    }
}

extension WebSocketConnection: TickParticipant {
    public func tickEnded() {
        checksQueue = false
        guard isOpen, transport.unsentBytes > configuration.limits.unsent else { return }
        home.core.metrics.slowReaders.increment()
        close(configuration.tooSlow)
    }
}

extension WebSocketConnection: LoopMember {
    func checkDeadlines(now: UInt64) {
        switch life.step(now: now, configuration.timing) {
        case .ping: send(WebSocketEncoder.frame(.ping, []))
        case .restart: close(.serviceRestart)
        case .drop: transport.abort()
        case nil: break
        }
    }

    func drain() {
        guard isOpen else { return }
        life.restart(now: loop.now)
        transport.pauseReading()
        delegate?.webSocketWillRestart(self)
    }

    func abort() { transport.abort() }
}
