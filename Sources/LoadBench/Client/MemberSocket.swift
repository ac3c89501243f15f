internal import JSON
internal import Runtime

/// Whoever uses a ``MemberSocket``. Everything is called on the socket's loop.
protocol MemberSocketDelegate: AnyObject {
    func member(_ socket: MemberSocket, received frame: ServerFrame)

    /// The socket ended, and we had not asked for it. Called at most once, and last.
    func memberEnded(_ socket: MemberSocket, reason: String)
}

/// The socket of a person who has signed in.
///
/// `@unchecked Sendable`: confined to its loop, like the ``SocketClient`` under it.
final class MemberSocket: SocketClientDelegate, @unchecked Sendable {
    private var socket: SocketClient?
    private weak var delegate: (any MemberSocketDelegate)?
    private var becomingReady: CheckedContinuation<Void, any Error>?
    private var isReady = false
    private var fault: String?

    /// Connects and waits for the server's `ready`. Call it on `loop`, where the socket will belong.
    ///
    /// - Throws: ``BenchFailure`` when the server does not answer as it should.
    static func open(
        _ target: BenchTarget, as person: BenchPerson, on loop: EventLoop, delegate: any MemberSocketDelegate
    ) async throws -> MemberSocket {
        let member = MemberSocket()
        member.delegate = delegate
        member.socket = try await SocketClient.open(target, path: "/ws", token: person.token, on: loop, delegate: member)
        if let fault = member.fault { throw BenchFailure(fault) }
        if !member.isReady { try await withCheckedThrowingContinuation { member.becomingReady = $0 } }
        return member
    }

    func send(_ command: [UInt8]) { socket?.send(text: command) }

    /// Says goodbye and is done: the delegate hears nothing more.
    func close() {
        delegate = nil
        socket?.close()
        socket = nil
    }

    // MARK: SocketClientDelegate

    func socket(_ socket: SocketClient, received message: UnsafeRawBufferPointer) {
        guard let frame = try? JSON.decode(ServerFrame.self, from: message) else {
            socket.close()
            return socketEnded(socket, reason: "unreadable frame")
        }
        if frame.kind == .ready, !isReady {
            isReady = true
            becomingReady?.resume()
            becomingReady = nil
        }
        delegate?.member(self, received: frame)
    }

    func socketEnded(_ socket: SocketClient, reason: String) {
        self.socket = nil
        fault = reason
        if let becomingReady {
            self.becomingReady = nil
            becomingReady.resume(throwing: BenchFailure(reason))
        } else if isReady {
            delegate?.memberEnded(self, reason: reason)
        }
    }
}
