internal import Runtime

/// Pairs of people, in a closed loop (who has an answer sends the next message) or an open one (messages leave on a fixed schedule).
///
/// In the open loop a wait is counted from the instant at which the message was due, so that a server that stands still is charged for all
/// that it held up, and not for one message only.
///
/// `@unchecked Sendable`: confined to its loop.
final class PairsLane: Lane, @unchecked Sendable {
    /// Kinds of waits. `late` is our own part in the other two: from the due instant until we sent.
    static let delivered = 0, acked = 1, late = 2
    static let kinds = ["delivered", "acked", "sent late"]

    /// Pause after a refusal that names none.
    private static let pause = Duration.milliseconds(100)

    let loop: EventLoop
    let target: BenchTarget
    let readers: BenchTarget
    let content: String
    var recorder = Recorder(kinds: kinds.count)
    private let world: BenchWorld
    private let options: BenchOptions
    /// Messages per second of this lane; `nil` in the closed loop.
    private let rate: Double?
    private var pairs: [MessagePair] = []
    private var schedule: Schedule?
    private let pacer = Pacer()
    private var turn = 0
    private var isStopping = false

    /// - Parameter world: the part of it that is this lane's.
    init(_ run: BenchRun, world: BenchWorld, rate: Double?, loop: EventLoop) {
        self.loop = loop
        target = run.target
        readers = run.readers
        self.options = run.options
        self.world = world
        self.rate = rate
        content = String(String(repeating: "Some words of a message. ", count: options.size / 25 + 1).prefix(options.size))
    }

    func connect() async throws {
        pairs = world.conversations.map { MessagePair($0, lane: self) }
        try await forEach(pairs.count, limit: options.concurrency) { [self] in try await pairs[$0].connect(world) }
    }

    func start() {
        if let rate {
            let schedule = Schedule(start: MonotonicClock.now, rate: rate)
            self.schedule = schedule
            pacer.start(schedule, on: loop) { [weak self] in self?.sendDue() }
        } else {
            for pair in pairs { advance(pair) }
        }
    }

    func stop() {
        isStopping = true
        pacer.stop()
    }

    var isQuiet: Bool { pairs.allSatisfy { $0.inFlight == 0 } }

    func finish() {
        for pair in pairs { pair.finish() }
    }

    /// Closed loop: sends what the pair may send now.
    func advance(_ pair: MessagePair) {
        guard rate == nil, !isStopping else { return }
        while pair.inFlight < options.inFlight, pair.isWhole { pair.send(start: MonotonicClock.now) }
    }

    /// Closed loop: goes on after a refusal, when the server allows it.
    func retry(_ pair: MessagePair, after milliseconds: Int?) {
        guard rate == nil else { return }
        loop.schedule(after: milliseconds.map { .milliseconds($0) } ?? Self.pause) { [weak self] in self?.advance(pair) }
    }

    /// Open loop: sends what is due, the pairs taking turns.
    private func sendDue() {
        let now = MonotonicClock.now
        while !isStopping, let due = schedule?.takeDue(at: now) {
            recorder.record(kind: Self.late, since: due, until: now)
            pairs[turn].send(start: due)
            turn = (turn + 1) % pairs.count
        }
    }
}
