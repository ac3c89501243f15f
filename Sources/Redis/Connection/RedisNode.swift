internal import Runtime

/// One server, and the one connection on which a loop sends it commands.
///
/// While the first connection is being opened, or one that was lost just now, commands wait. Once an attempt has failed they
/// are refused at once, until one succeeds.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class RedisNode: @unchecked Sendable {
    /// How often a server with nothing to do is asked for a sign of life.
    private static let heartbeat = Duration.milliseconds(500)

    private let configuration: RedisConfiguration
    private let loop: EventLoop
    private let link: Link
    private var pipeline: CommandPipeline?
    private var held: [HeldCommand] = []
    private var patience: LoopTimer?
    private var beat: LoopTimer?
    private let onHealthChange: () -> Void

    init(at locator: Locator, _ opener: ConnectionOpener, onHealthChange: @escaping () -> Void) {
        configuration = opener.configuration
        loop = opener.loop
        link = Link(to: locator, opener)
        self.onHealthChange = onHealthChange
        link.onOpen = { [weak self] in self?.opened($0) }
        link.onFailure = { [weak self] in self?.releaseHeld() }
        beat = loop.schedule(every: Self.heartbeat) { [weak self] in self?.askForLife() }
        link.start()
    }

    var health: RedisHealth {
        guard let pipeline else { return .unavailable }
        return pipeline.isSilent ? .unavailable : .ok
    }

    /// Sends a command.
    ///
    /// - Parameter asking: whether another node has sent us here for this command alone.
    func submit(_ command: RedisCommand, asking: Bool = false, _ receiver: @escaping Receiver) {
        if let pipeline {
            // ASKING opens the door for the next command only. Source: Redis manual, Cluster specification, "ASK redirection".
            if asking { pipeline.submit(RedisCommand("ASKING")) { _ in } }
            return pipeline.submit(command) { [weak self] outcome in
                self?.notice(outcome)
                receiver(outcome)
            }
        }
        // A server to which we are redirected before it is connected redirects us again, if it must.
        guard link.admission == .hold, held.count < configuration.queueLimit else { return receiver(.failure(link.refusal)) }
        held.append(HeldCommand(command: command, receiver: receiver))
        if patience == nil {
            patience = loop.schedule(after: configuration.commandDeadline) { [weak self] in self?.releaseHeld() }
        }
    }

    /// Ends the connection. Who waits gets `.connectionLost`, or `.unavailable` if nothing was sent.
    func close() {
        link.close()
        beat?.cancel()
        let open = pipeline
        pipeline = nil
        open?.close()
        releaseHeld()
    }

    private func opened(_ pipeline: CommandPipeline) {
        self.pipeline = pipeline
        pipeline.onSilenceChange = { [weak self] in self?.onHealthChange() }
        pipeline.onEnd = { [weak self] in self?.lost($0) }
        onHealthChange()
        releaseHeld()
    }

    private func lost(_ error: RedisError) {
        pipeline = nil
        link.lost(error)
        onHealthChange()
    }

    /// Those who waited for the connection: they are served if it stands, and refused if not.
    private func releaseHeld() {
        patience?.cancel()
        patience = nil
        let waiting = held
        held = []
        for item in waiting {
            if pipeline != nil { submit(item.command, item.receiver) } else { item.receiver(.failure(link.refusal)) }
        }
    }

    /// A master that has become a replica refuses writes: the connection is of no use any more, the new master is elsewhere.
    private func notice(_ outcome: Outcome) {
        guard case .success(.error(let error)) = outcome, error.kind == "READONLY", let pipeline else { return }
        self.pipeline = nil
        pipeline.close()
        lost(RedisError(.connectionLost, explanation: "the server has become a replica"))
    }

    private func askForLife() {
        if let pipeline, pipeline.isIdle { pipeline.submit(RedisCommand("PING")) { _ in } }
    }
}

/// A command that cannot be sent yet.
struct HeldCommand {
    let command: RedisCommand
    let receiver: Receiver
}
