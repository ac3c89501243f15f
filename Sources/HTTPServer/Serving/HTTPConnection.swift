internal import Networking
internal import Observability
internal import Runtime

/// One connection that speaks HTTP/1.1, until it ends or becomes a WebSocket.
///
/// Requests are answered one after the other: while one is at work nothing is parsed, and the peer is held back, so
/// that answers keep the order of their requests.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a handler that runs there.
final class HTTPConnection: @unchecked Sendable {
    /// Bytes waiting for the peer above which it gets no further answer, and a stream has to wait.
    private static let outputLimit = 262_144

    let transport: TCPConnection
    let home: HTTPLoop
    var place = -1
    var parser: HTTPRequestParser
    var clock: ConnectionClock
    /// The request that is being read or answered.
    var exchange: Exchange?
    /// Set when nothing may follow the present answer.
    var mustClose = false
    private(set) var isEnded = false
    /// What the connection has become, if it was upgraded.
    private var successor: WebSocketConnection?
    /// What arrived while it could not be parsed.
    private var held: [UInt8] = []
    private var isParsing = false
    private var isPaused = false
    private var isInputOver = false
    private var isOutputFull = false
    private var writtenBytes = 0
    /// A streamed response that waits for room.
    private var writer: CheckedContinuation<Void, Never>?

    init(_ transport: TCPConnection, on home: HTTPLoop) {
        self.transport = transport
        self.home = home
        parser = HTTPRequestParser(limits: home.core.configuration.limits)
        clock = ConnectionClock(now: home.loop.now)
        home.core.metrics.connections.increment()
    }

    // MARK: Input

    private var mayParse: Bool {
        guard !isEnded, successor == nil, !isOutputFull else { return false }
        switch clock.stage {
        case .idle, .head: return true
        case .body: return exchange?.bodyBuffer?.isFull != true
        case .answering, .finishing: return false
        }
    }

    private func parse(_ bytes: UnsafeRawBufferPointer) {
        var input = bytes
        isParsing = true
        while mayParse, let event = parser.next(&input) { take(event) }
        isParsing = false
        if clock.stage == .idle, !parser.isBetweenRequests { clock.headBegan(now: home.loop.now) }
        guard !input.isEmpty, !isEnded else { return }
        if let successor {
            successor.receive(input)
        } else if clock.stage != .finishing {
            held.append(contentsOf: input)
            pause()
        }
    }

    /// Goes on where parsing had to stop.
    func resumeParsing() {
        guard !isParsing, mayParse else { return }
        if !held.isEmpty {
            var bytes = Swift.exchange(&held, with: [])
            bytes.withUnsafeMutableBytes { parse(UnsafeRawBufferPointer($0)) }
        }
        guard mayParse, held.isEmpty else { return }
        if isPaused {
            isPaused = false
            transport.resumeReading()
        }
        if isInputOver { inputIsExhausted() }
    }

    /// The peer has sent all it had to send, and all of it has been read: what is missing will never come.
    private func inputIsExhausted() {
        mustClose = true
        if clock.stage == .body, let buffer = exchange?.bodyBuffer {
            buffer.finish(.failure(ConnectionLost()))
        } else {
            transport.finish()
        }
    }

    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        transport.pauseReading()
    }

    // MARK: Output

    func write(_ bytes: [UInt8]) {
        writtenBytes += bytes.count
        transport.write(bytes)
    }

    /// Writes a piece of a streamed body, and waits while the peer is too far behind.
    func writeBody(_ bytes: [UInt8]) async throws {
        guard !isEnded else { throw ConnectionLost() }
        write(bytes)
        guard transport.unsentBytes > Self.outputLimit else { return }
        home.loop.atEndOfTick(self)
        await withCheckedContinuation { writer = $0 }
        if isEnded { throw ConnectionLost() }
    }

    /// The answer has been written: on to the next request, or to the end.
    func answerWritten(keepsAlive: Bool) {
        exchange = nil
        guard keepsAlive else { return finishWhenSent() }
        clock.answered(now: home.loop.now)
        if transport.unsentBytes > Self.outputLimit {
            isOutputFull = true
            home.loop.atEndOfTick(self)
        }
        resumeParsing()
    }

    func finishWhenSent() {
        clock.finishing()
        held = []
        home.loop.atEndOfTick(self)
    }

    /// Looks whether what was written has left, and goes on with what waited for that.
    private func outputMoved() {
        guard !isEnded, transport.unsentBytes <= Self.outputLimit else { return }
        if let writer = Swift.exchange(&writer, with: nil) { writer.resume() }
        if clock.stage == .finishing {
            // Not before everything has left: from then on the transport waits for the peer's end for a short time only.
            if transport.unsentBytes == 0 { transport.finish() }
        } else if isOutputFull {
            isOutputFull = false
            resumeParsing()
        }
    }

    // MARK: Upgrade

    /// Hands the connection over: what arrives from here on, and what had to wait, is the socket's.
    func become(_ socket: WebSocketConnection, _ makeDelegate: (WebSocketConnection) -> any WebSocketDelegate) {
        successor = socket
        exchange = nil
        transport.handler = socket
        // Before the delegate is made: it may hold the peer back in turn.
        if isPaused { transport.resumeReading() }
        socket.open(makeDelegate(socket))
        home.core.metrics.connections.decrement()
        home.remove(self)
        if home.isDraining { socket.drain() }
        var bytes = Swift.exchange(&held, with: [])
        if !bytes.isEmpty { bytes.withUnsafeMutableBytes { socket.receive(UnsafeRawBufferPointer($0)) } }
        if isInputOver { socket.connectionInputEnded(transport) }
    }
}

extension HTTPConnection: ConnectionHandler {
    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {
        guard clock.stage != .finishing else { return }
        if mayParse, held.isEmpty {
            parse(bytes)
        } else {
            held.append(contentsOf: bytes)
            pause()
        }
    }

    func connectionInputEnded(_ connection: TCPConnection) {
        isInputOver = true
        // Whoever has no more to say may still wait for an answer.
        if mayParse, held.isEmpty { inputIsExhausted() }
    }

    func connectionDrained(_ connection: TCPConnection) { outputMoved() }

    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) {
        isEnded = true
        exchange?.bodyBuffer?.finish(.failure(ConnectionLost()))
        if let writer = Swift.exchange(&writer, with: nil) { writer.resume() }
        held = []
        home.core.metrics.connections.decrement()
        home.remove(self)  // last: a server that stops waits for this
    }
}

extension HTTPConnection: TickParticipant {
    func tickEnded() { outputMoved() }
}

extension HTTPConnection: LoopMember {
    func checkDeadlines(now: UInt64) {
        let unsent = transport.unsentBytes
        let expiry = clock.expiry(now: now, sent: writtenBytes - unsent, unsent: unsent, home.core.configuration.timing)
        switch expiry {
        case .close: transport.finish()
        case .refuse: refuse(HTTPError(.timeout, "The request took too long to arrive."))
        case .abort: transport.abort()
        case nil: break
        }
    }

    func drain() {
        if clock.stage == .idle, held.isEmpty { transport.finish() } else { mustClose = true }
    }

    func abort() { transport.abort() }
}
