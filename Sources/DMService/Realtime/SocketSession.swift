internal import Crypto
internal import HTTPServer
internal import JSON
internal import Observability
internal import Runtime

/// One device's socket, from the handshake to the end.
///
/// It is admitted by a token, in the handshake or in its first frame; until then it is told nothing. Idle, it owns a
/// timer for its token's expiry and nothing else.
///
/// `@unchecked Sendable`: confined to its loop; others hold it only to name it.
final class SocketSession: @unchecked Sendable {
    private enum State {
        /// No token yet. The timer ends a socket that brings none.
        case waiting(LoopTimer)
        /// A token was found good, and its owner is being looked up; what the client says meanwhile is kept.
        case admitting(early: [[UInt8]])
        /// The timer ends it when the token expires.
        case ready(Principal, LoopTimer)
        case ended
    }

    /// How long a socket may stay without a token.
    private static let patience = Duration.seconds(10)
    /// Frames that a client may send before it is admitted.
    private static let earlyFrames = 32

    let loop: EventLoop
    private let endpoint: SocketEndpoint
    /// Let go at the end, since the socket holds this session in turn.
    private var socket: WebSocketConnection?
    private var state: State
    private var pace: SocketPace

    init(_ socket: WebSocketConnection, endpoint: SocketEndpoint, token: String?) {
        self.socket = socket
        self.endpoint = endpoint
        loop = socket.loop
        pace = endpoint.limits.socketPace()
        state = .ended
        state = .waiting(socket.loop.schedule(after: Self.patience) { [weak self] in self?.end(.unauthenticated) })
        endpoint.metrics.opened.increment()
        if let token { admit(token) }
    }

    /// Under which sign-in the socket was opened, once it is admitted.
    var signIn: SignIn.ID? { if case .ready(let principal, _) = state { principal.signIn } else { nil } }

    func send(_ frame: [UInt8]) { socket?.send(frame) }

    func end(_ reason: SocketEnd) {
        socket?.close(reason.code, reason: reason.reason)
        leave()
    }

    // MARK: Admission

    private func admit(_ token: String) {
        guard let claims = endpoint.authentication.claims(of: token) else { return end(.unauthenticated) }
        if case .waiting(let timer) = state { timer.cancel() }
        state = .admitting(early: [])
        loop.start { [self] in
            do {
                guard let owner = try await endpoint.owner(of: claims) else { return end(.unauthenticated) }
                let principal = Principal(
                    profile: owner.profile, signIn: SignIn.ID(claims.session), device: owner.device, expires: claims.expires)
                admitted(principal)
            } catch {
                end(.unavailable)
            }
        }
    }

    private func admitted(_ principal: Principal) {
        guard case .admitting(let early) = state, !endpoint.authentication.revocations.contains(principal.signIn) else {
            return end(.revoked)
        }
        state = .ready(principal, expiryTimer(principal.expires))
        endpoint.delivery.gateways.current.add(self, of: principal.profile.id)
        endpoint.metrics.ready.increment()
        send(endpoint.ready(principal))
        for frame in early { frame.withUnsafeBytes { take($0) } }
    }

    /// A socket that is ready may bring a newer token of its own sign-in, and lives as long as that.
    private func renew(_ token: String, _ principal: Principal, _ timer: LoopTimer, answer id: JSONFragment?) {
        guard let claims = endpoint.authentication.claims(of: token), Member.ID(claims.subject) == principal.profile.id,
            SignIn.ID(claims.session) == principal.signIn
        else { return end(.unauthenticated) }
        timer.cancel()
        let renewed = Principal(
            profile: principal.profile, signIn: principal.signIn, device: principal.device, expires: claims.expires)
        state = .ready(renewed, expiryTimer(claims.expires))
        send(endpoint.ready(renewed, command: id))
    }

    private func expiryTimer(_ expires: Timestamp) -> LoopTimer {
        let left = max(0, expires.milliseconds - Timestamp.now.milliseconds)
        return loop.schedule(after: .milliseconds(left)) { [weak self] in self?.end(.tokenExpired) }
    }

    // MARK: Commands

    private func take(_ utf8: UnsafeRawBufferPointer) {
        guard paced() else { return }
        let command: SocketCommand
        do { command = try SocketCommand(utf8) } catch { return refuse(error) }
        switch (state, command.action) {
        case (.ended, _): break
        case (.admitting(var early), _):
            guard early.count < Self.earlyFrames else { return end(.badFrame) }
            early.append(Array(utf8))
            state = .admitting(early: early)
        case (.waiting, .auth(let token)): admit(token)
        case (.waiting, _): end(.unauthenticated)
        case (.ready(let principal, let timer), .auth(let token)): renew(token, principal, timer, answer: command.id)
        case (.ready, .ping): send(SocketFrame.answer("pong", to: command.id) { $0.emptyObject() })
        case (.ready(let principal, _), .sendMessage(let draft, let conversation)):
            sendMessage(draft, to: conversation, from: principal.profile, command: command.id)
        }
    }

    private func sendMessage(_ draft: Message.Draft, to conversation: Conversation.ID, from sender: Profile, command: JSONFragment?) {
        do {
            try endpoint.messages.check(draft)
        } catch {
            return send(MessageEvents.refused(error, clientID: draft.clientID, command: command))
        }
        if let wait = endpoint.limits.takeSend(sender.id) {
            return send(SocketFrame.error(.rateLimited, to: command, clientMessageID: draft.clientID?.text, retryAfter: wait))
        }
        endpoint.messages.writer.submit(PendingMessage(draft, to: conversation, from: sender, waiter: .socket(self, command: command)))
    }

    /// Whether another frame may come now. One that may not is answered and dropped; who goes on regardless is let go.
    private func paced() -> Bool {
        switch pace.take(now: loop.now) {
        case .taken: return true
        case .wait(let wait):
            send(SocketFrame.error(.rateLimited, retryAfter: wait))
            return false
        case .hopeless:
            end(.tooFast)
            return false
        }
    }

    private func refuse(_ fault: SocketCommand.Fault) {
        switch fault {
        case .badEnvelope: end(.badFrame)
        case .unknownType(let id):
            send(SocketFrame.error(HTTPError(.validation, "This server does not know a command of that type."), to: id))
        case .badData(let error, let id, let clientMessageID):
            send(SocketFrame.error(HTTPError(refusing: error), to: id, clientMessageID: clientMessageID))
        }
    }

    // MARK: The end

    /// Forgets whose socket it was. Called as often as one likes.
    private func leave() {
        switch state {
        case .waiting(let timer): timer.cancel()
        case .ready(let principal, let timer):
            timer.cancel()
            endpoint.delivery.gateways.current.remove(self, of: principal.profile.id)
            endpoint.metrics.ready.decrement()
        case .admitting, .ended: break
        }
        state = .ended
    }
}

extension SocketSession: WebSocketDelegate {
    func webSocket(_ socket: WebSocketConnection, receivedText utf8: UnsafeRawBufferPointer) { take(utf8) }

    func webSocketWillRestart(_ socket: WebSocketConnection) { send(endpoint.reconnect()) }

    func webSocketClosed(_ socket: WebSocketConnection, code: WebSocketCloseCode) {
        leave()
        self.socket = nil
        endpoint.metrics.closed(code)
    }
}

extension JSONWriter {
    fileprivate mutating func emptyObject() {
        beginObject()
        endObject()
    }
}
