internal import Observability
internal import Runtime

/// What became of a command.
typealias Outcome = Result<RedisReply, RedisError>

/// Is told what became of a command, once.
typealias Receiver = (Outcome) -> Void

/// Commands under way on one connection, and who waits for which reply: Redis answers in the order of the commands.
///
/// A command that is not answered in time is given up by its caller; its reply still comes first. Until it does, the server
/// is silent: nothing more is sent.
///
/// `@unchecked Sendable`: confined to its loop, as its connection is.
final class CommandPipeline: @unchecked Sendable {
    private struct Pending {
        let receiver: Receiver
        /// Nanoseconds of ``MonotonicClock``.
        let sentAt: UInt64
    }

    private let connection: RedisConnection
    private let configuration: RedisConfiguration
    private let telemetry: RedisTelemetry
    private var pending = FIFO<Pending>()
    /// Replies that come ahead of those in `pending` and that nobody waits for any more.
    private var abandoned = 0
    private var deadline: LoopTimer?
    private var silence: LoopTimer?
    private(set) var isOpen: Bool
    /// Called when the server has become silent, and when it speaks again.
    var onSilenceChange: (() -> Void)?
    /// Called once, when the connection has ended by itself.
    var onEnd: ((RedisError) -> Void)?

    /// Takes over an open connection.
    init(_ connection: RedisConnection, _ configuration: RedisConfiguration, _ telemetry: RedisTelemetry) {
        self.connection = connection
        self.configuration = configuration
        self.telemetry = telemetry
        isOpen = connection.isOpen
        guard isOpen else { return }
        connection.onReply = { [self] in received($0) }
        connection.onEnd = { [self] in end($0) }
    }

    var isIdle: Bool { pending.isEmpty && abandoned == 0 }

    /// Whether a reply is overdue.
    var isSilent: Bool { abandoned > 0 }

    /// Sends a command; `receiver` is told what became of it, maybe at once.
    func submit(_ command: RedisCommand, _ receiver: @escaping Receiver) {
        guard isOpen, !isSilent else { return receiver(.failure(RedisError(.unavailable, explanation: "Redis is silent"))) }
        guard pending.count < configuration.queueLimit, connection.unsentBytes + command.size <= configuration.queueBytes else {
            return receiver(.failure(RedisError(.unavailable, explanation: "too much is under way")))
        }
        connection.send(command)
        pending.append(Pending(receiver: receiver, sentAt: MonotonicClock.now))
        if deadline == nil { watch(after: configuration.commandDeadline) }
    }

    /// Sends commands in one piece, and waits for all replies.
    func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        let loop = connection.loop
        let outcome = await withUnsafeContinuation { continuation in
            loop.preconditionInLoop()
            let batch = CommandBatch(count: commands.count) { continuation.resume(returning: $0) }
            for (index, command) in commands.enumerated() { submit(command, batch.receiver(index)) }
        }
        return try outcome.get()
    }

    /// Ends the connection quietly; who still waits gets `.connectionLost`.
    func close() {
        onEnd = nil
        end(RedisError(.connectionLost))
    }

    /// Hands the connection over to somebody who reads it otherwise. Nothing may be under way.
    func release() -> RedisConnection {
        stopTimers()
        isOpen = false
        (onEnd, onSilenceChange, connection.onReply, connection.onEnd) = (nil, nil, nil, nil)
        return connection
    }

    // MARK: Answers

    private func received(_ reply: RedisReply) {
        if abandoned > 0 {
            abandoned -= 1
            if abandoned == 0 { spoke() }
            return
        }
        // What nobody asked for means that we no longer know which reply is whose.
        guard let next = pending.popFirst() else { return end(RedisError(.connectionLost, explanation: "a reply to nothing")) }
        telemetry.seconds.observe(Double(MonotonicClock.now - next.sentAt) * 1e-9)
        next.receiver(.success(reply))
    }

    // MARK: Time

    private func watch(after delay: Duration) {
        deadline = connection.loop.schedule(after: delay) { [weak self] in self?.expire() }
    }

    /// Gives up what has waited for too long. All wait equally long, so the first to expire is the first in the row.
    private func expire() {
        deadline = nil
        let now = MonotonicClock.now
        let limit = configuration.commandDeadline
        let wasSilent = isSilent
        while let next = pending.first, Duration.nanoseconds(Int64(now - next.sentAt)) >= limit {
            pending.popFirst()
            abandoned += 1
            next.receiver(.failure(RedisError(.timedOut)))
            guard isOpen else { return }
        }
        if let next = pending.first { watch(after: limit - .nanoseconds(Int64(now - next.sentAt))) }
        if isSilent, !wasSilent { fellSilent() }
    }

    private func fellSilent() {
        silence = connection.loop.schedule(after: configuration.silenceLimit - configuration.commandDeadline) { [weak self] in
            self?.end(RedisError(.connectionLost, explanation: "the server has been silent for too long"))
        }
        onSilenceChange?()
    }

    private func spoke() {
        silence?.cancel()
        silence = nil
        onSilenceChange?()
    }

    private func stopTimers() {
        deadline?.cancel()
        silence?.cancel()
        (deadline, silence) = (nil, nil)
    }

    private func end(_ error: RedisError) {
        guard isOpen else { return }
        isOpen = false
        stopTimers()
        connection.close()
        let report = onEnd
        (onEnd, onSilenceChange) = (nil, nil)
        while let next = pending.popFirst() { next.receiver(.failure(error)) }
        report?(error)
    }
}

/// Gathers what became of several commands.
final class CommandBatch {
    private var replies: [RedisReply]
    private var missing: Int
    private var failure: RedisError?
    private let done: (Result<[RedisReply], RedisError>) -> Void

    /// - Parameter done: told once, when the last command has come to its end.
    init(count: Int, _ done: @escaping (Result<[RedisReply], RedisError>) -> Void) {
        replies = [RedisReply](repeating: .null, count: count)
        missing = count
        self.done = done
        if count == 0 { done(.success([])) }
    }

    func receiver(_ index: Int) -> Receiver {
        { [self] outcome in
            switch outcome {
            case .success(let reply): replies[index] = reply
            case .failure(let error): failure = failure ?? error
            }
            missing -= 1
            if missing == 0 { done(failure.map { .failure($0) } ?? .success(replies)) }
        }
    }
}
