internal import Glibc
internal import Networking
internal import Runtime

/// A connection on which commands leave and replies arrive; it does not know which reply belongs to what.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class RedisConnection: ConnectionHandler, TickParticipant, @unchecked Sendable {
    let loop: EventLoop
    private let parser: RedisReplyParser
    private var connection: TCPConnection?
    /// Commands of this tick: they leave in one piece when it ends.
    private var outgoing: [UInt8] = []
    /// Whoever waits for replies. Both are let go when the connection ends, and so is what they hold.
    var onReply: ((RedisReply) -> Void)?
    var onEnd: ((RedisError) -> Void)?

    private init(on loop: EventLoop, limits: RedisReplyLimits) {
        self.loop = loop
        parser = RedisReplyParser(limits: limits)
    }

    /// Connects. Call it on `loop`.
    ///
    /// - Throws: ``RedisError`` with `.unavailable`, and the reason.
    static func open(
        to address: SocketAddress, tls: (context: TLSContext, host: String)?, limits: RedisReplyLimits, within timeout: Duration,
        on loop: EventLoop
    ) async throws(RedisError) -> RedisConnection {
        let made = RedisConnection(on: loop, limits: limits)
        do {
            made.connection = try await TCPConnection.connect(to: address, tls: tls, on: loop, timeout: timeout, handler: made)
        } catch {
            throw RedisError(.unavailable, explanation: "\(address): \(explain(error))")
        }
        return made
    }

    /// Bytes that have not been handed to the kernel.
    var unsentBytes: Int { outgoing.count + (connection?.unsentBytes ?? 0) }

    var isOpen: Bool { connection != nil }

    var peer: String { connection.map { "\($0.peer)" } ?? "" }

    func send(_ command: RedisCommand) {
        guard connection != nil else { return }
        if outgoing.isEmpty { loop.atEndOfTick(self) }
        command.write(to: &outgoing)
    }

    func tickEnded() {
        connection?.write(outgoing)
        outgoing.removeAll(keepingCapacity: false)
    }

    /// Ends the connection. Nobody is told.
    func close() {
        (onReply, onEnd) = (nil, nil)
        connection?.abort()
        connection = nil
    }

    /// Ends the connection, and tells so.
    func end(_ error: RedisError) {
        guard connection != nil else { return }
        let report = onEnd
        close()
        report?(error)
    }

    // MARK: ConnectionHandler

    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {
        do throws(RedisReplyParser.Fault) {
            try parser.feed(bytes) { reply in
                onReply?(reply)
                return self.connection != nil
            }
        } catch {
            let reason = error == .tooLarge ? "a reply beyond the limits" : "what answers there is no Redis"
            end(RedisError(.connectionLost, explanation: "\(peer): \(reason)"))
        }
    }

    func connectionInputEnded(_ connection: TCPConnection) {
        end(RedisError(.connectionLost, explanation: "\(peer): the server closed the connection"))
    }

    func connectionDrained(_ connection: TCPConnection) {}

    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) {
        end(RedisError(.connectionLost, explanation: "\(connection.peer): \(error.map(Self.explain) ?? "closed")"))
    }

    private static func explain(_ error: any Error) -> String {
        guard let error = error as? NetworkError else { return "the socket cannot be watched" }
        return switch error.code {
        case .tls: "TLS failed: no certificate that is trusted, or no TLS 1.3"
        case .timedOut: "no answer in time"
        case .system: String(cString: strerror(error.errno))
        case .unresolvable, .addressInUse: "\(error.code)"
        }
    }
}
