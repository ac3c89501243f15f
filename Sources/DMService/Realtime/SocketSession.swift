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
        /// A token was found good, and its owner is being looked up. Nothing more is read meanwhile; what had been read waits.
        case admitting(early: [SocketCommand.Reading])
        /// The timer ends it when the token expires.
        case ready(Principal, LoopTimer)
        case ended
    }

    /// How long a socket may stay without a token.
    private static let patience = Duration.seconds(10)
    /// Frames that may wait for the admission: what one read brings of a client that was offline, and more.
    private static let earlyLimit = 1_024

    let loop: EventLoop
    private let endpoint: SocketEndpoint
    /// Let go at the end, since the socket holds this session in turn.
    private var socket: WebSocketConnection?
    private var state: State
    private var pace: SocketPace
    /// Commands of this socket that the database has not answered yet.
    private var unanswered = 0
    /// What its member lets others see, and so is shown of them.
    private(set) var privacy = Privacy()
    /// The server stops: the socket is closed as soon as nothing is unanswered.
    private var isRestarting = false

    /// What a handshake may bring.
    enum Credential: Sendable {
        case token(String)
        case ticket(String)
    }

    init(_ socket: WebSocketConnection, endpoint: SocketEndpoint, credential: Credential?) {
        self.socket = socket
        self.endpoint = endpoint
        loop = socket.loop
        pace = endpoint.limits.socketPace()
        state = .ended
        state = .waiting(socket.loop.schedule(after: Self.patience) { [weak self] in self?.end(.unauthenticated) })
        endpoint.metrics.opened.increment()
        switch credential {
        case .token(let token): admit(token, answer: nil)
        case .ticket(let ticket): admit(answer: nil) { try await endpoint.guest(withTicket: ticket) }
        case nil: break
        }
    }

    /// Under which sign-in the socket was opened, once it is admitted.
    var signIn: SignIn.ID? { if case .ready(let principal, _) = state { principal.signIn } else { nil } }

    func send(_ frame: [UInt8]) { socket?.send(frame) }

    /// Its member is called otherwise from now on, or lets others see more or less.
    func update(_ account: OwnAccount) {
        privacy = account.privacy
        guard case .ready(let principal, let timer) = state else { return }
        state = .ready(principal.with(account.profile), timer)
    }

    /// Sends the answer to a command that waited for the database.
    func answer(_ frame: [UInt8]) {
        send(frame)
        unanswered -= 1
        leaveIfAnswered()
    }

    func end(_ reason: SocketEnd) {
        if case .ready = state, reason == .revoked { send(SocketEndpoint.revoked) }
        socket?.close(reason.code, reason: reason.reason)
        leave()
    }

    // MARK: Admission

    private func admit(_ token: String, answer id: JSONFragment?) {
        admit(answer: id) { [self] in
            guard let bearer = await bearer(of: token) else { return nil }
            return try await endpoint.guest(with: bearer)
        }
    }

    /// Reads nothing more until `find` has answered who this is; ends if it is nobody.
    private func admit(answer id: JSONFragment?, as find: @escaping @Sendable () async throws -> (principal: Principal, privacy: Privacy)?)
    {
        if case .waiting(let timer) = state { timer.cancel() }
        state = .admitting(early: [])
        socket?.pauseReading()
        loop.start { [self] in
            do {
                guard let guest = try await find() else {
                    if case .admitting = state { end(.unauthenticated) }
                    return
                }
                privacy = guest.privacy
                admitted(guest.principal, answer: id)
            } catch {
                end(.unavailable)
            }
        }
    }

    /// What a token proves. One that is not good ends the socket.
    private func bearer(of token: String) async -> Bearer? {
        do {
            if let bearer = try await endpoint.authentication.read(token) { return bearer }
            end(.revoked)
        } catch let refusal as TokenRefusal {
            end(refusal == .expired ? .tokenExpired : .unauthenticated)
        } catch {
            end(.unavailable)
        }
        return nil
    }

    private func admitted(_ principal: Principal, answer id: JSONFragment?) {
        guard case .admitting(let early) = state else { return }
        state = .ready(principal, expiryTimer(principal.expires))
        endpoint.presence.socketOpened(of: principal.profile.id)
        endpoint.metrics.ready.increment()
        endpoint.delivery.admit(self, of: principal.profile.id, on: principal.device)
        // After it can be found: a revocation comes before this question, or finds the socket.
        guard !endpoint.authentication.revocations.contains(principal.signIn) else { return end(.revoked) }
        send(endpoint.ready(principal, command: id))
        for command in early { perform(command) }
        socket?.resumeReading()
    }

    /// A socket that is ready may bring a newer token of its own sign-in, and lives as long as that.
    private func renew(_ token: String, answer id: JSONFragment?) {
        loop.start { [self] in
            guard let bearer = await bearer(of: token), case .ready(let principal, let timer) = state else { return }
            guard bearer.member == principal.profile.id, bearer.signIn == principal.signIn else { return end(.unauthenticated) }
            timer.cancel()
            let renewed = principal.until(bearer.expires)
            state = .ready(renewed, expiryTimer(bearer.expires))
            send(endpoint.ready(renewed, command: id))
        }
    }

    private func expiryTimer(_ expires: Timestamp) -> LoopTimer {
        let left = max(0, expires.milliseconds - Timestamp.now.milliseconds)
        return loop.schedule(after: .milliseconds(left)) { [weak self] in self?.end(.tokenExpired) }
    }

    // MARK: Commands

    private func take(_ utf8: UnsafeRawBufferPointer) {
        let command = SocketCommand.Reading { () throws(SocketCommand.Fault) in try SocketCommand(utf8) }
        switch state {
        case .ended: break
        case .waiting: begin(command)
        case .admitting(var early):
            guard early.count < Self.earlyLimit else { return end(.tooFast) }
            state = .ended  // else the array would be copied
            early.append(command)
            state = .admitting(early: early)
        case .ready: perform(command)
        }
    }

    /// The first frame of a socket whose handshake brought no token. Whoever brings none here either is told nothing.
    private func begin(_ command: SocketCommand.Reading) {
        switch command {
        case .success(let command):
            if case .auth(let token) = command.action { admit(token, answer: command.id) } else { end(.unauthenticated) }
        case .failure(.badEnvelope): end(.badFrame)
        case .failure: end(.unauthenticated)
        }
    }

    private func perform(_ command: SocketCommand.Reading) {
        guard case .ready(let principal, _) = state, paced(command) else { return }
        switch command {
        case .success(let command): perform(command, principal)
        case .failure(let fault): refuse(fault)
        }
    }

    private func perform(_ command: SocketCommand, _ principal: Principal) {
        switch command.action {
        case .auth(let token): renew(token, answer: command.id)
        case .ping: send(SocketFrame.answer(.pong, to: command.id) { $0.emptyObject() })
        case .sendMessage(let draft, let conversation):
            sendMessage(draft, to: conversation, from: principal.profile, command: command.id)
        case .sync(let token): sync(since: token, for: principal.profile.id, command: command.id)
        case .mark(let kind, let conversation, let target):
            unanswered += 1
            mark(kind, of: principal.profile.id, in: conversation, to: target, command: command.id)
        case .typing(let isTyping, let conversation):
            endpoint.presence.type(
                TypingDesk.Wish(member: principal.profile.id, isTyping: isTyping, session: self, command: command.id), in: conversation)
        case .presence(let people): watch(people, as: principal.profile.id, command: command.id)
        }
    }

    private func mark(
        _ kind: Receipt.Kind, of member: Member.ID, in conversation: Conversation.ID, to target: ReceiptActions.Target,
        command: JSONFragment?
    ) {
        @Sendable func submit(_ seq: Int64) {
            endpoint.receipts.writer.submit(
                PendingMark(conversation: conversation, member: member, kind: kind, seq: seq, waiter: .socket(self, command: command)))
        }
        switch target {
        case .seq(let seq): submit(seq)
        case .message:
            loop.start { [self] in
                do {
                    submit(try await endpoint.receipts.seq(of: target, in: conversation, for: member))
                } catch {
                    answer(SocketFrame.error((error as? MarkRefusal ?? .unavailable).httpError, to: command))
                }
            }
        }
    }

    private func sync(since token: SyncToken?, for member: Member.ID, command: JSONFragment?) {
        if let wait = endpoint.limits.take(.httpUser, for: .member(member))?.wait {
            return send(SocketFrame.error(.rateLimited, to: command, retryAfter: wait))
        }
        unanswered += 1
        loop.start { [self] in
            do {
                let found = try await endpoint.sync.answer(to: member, since: token, size: .frame)
                answer(SocketFrame.answer(.sync, to: command) { found.encode(into: &$0) })
            } catch {
                answer(SocketFrame.error(Surface.answer(forFailure: error) ?? .failure, to: command))
            }
        }
    }

    private func watch(_ people: [Member.ID], as viewer: Member.ID, command: JSONFragment?) {
        if let wait = endpoint.limits.take(.presence, for: .member(viewer))?.wait {
            return send(SocketFrame.error(.rateLimited, to: command, retryAfter: wait))
        }
        do {
            try endpoint.presence.watch(people, of: self, as: viewer, command: command)
            unanswered += 1
        } catch {
            send(SocketFrame.error(error.httpError, to: command))
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
        unanswered += 1
        endpoint.messages.writer.submit(PendingMessage(draft, to: conversation, from: sender, waiter: .socket(self, command: command)))
    }

    /// Whether another frame may come now. One that may not is answered and dropped; who goes on regardless is let go.
    private func paced(_ command: SocketCommand.Reading) -> Bool {
        switch pace.take(now: loop.now) {
        case .taken: return true
        case .wait(let wait):
            send(SocketFrame.error(.rateLimited, to: command.id, clientMessageID: command.clientMessageID, retryAfter: wait))
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

    private func leaveIfAnswered() {
        if isRestarting, unanswered == 0 { socket?.close(.serviceRestart) }
    }

    /// Forgets whose socket it was. Called as often as one likes.
    private func leave() {
        switch state {
        case .waiting(let timer): timer.cancel()
        case .ready(let principal, let timer):
            timer.cancel()
            endpoint.delivery.gateways.current.remove(self, of: principal.profile.id)
            endpoint.presence.socketEnded(self, of: principal.profile.id)
            endpoint.metrics.ready.decrement()
        case .admitting, .ended: break
        }
        state = .ended
    }
}

extension SocketSession: WebSocketDelegate {
    func webSocket(_ socket: WebSocketConnection, receivedText utf8: UnsafeRawBufferPointer) { take(utf8) }

    func webSocketWillRestart(_ socket: WebSocketConnection) {
        guard case .ready = state else {
            // Whoever has not been admitted is owed nothing, and told nothing.
            socket.close(.serviceRestart)
            return leave()
        }
        send(endpoint.reconnect())
        isRestarting = true
        leaveIfAnswered()
    }

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
