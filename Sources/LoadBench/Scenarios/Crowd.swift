internal import Runtime

/// People who connect and then say nothing.
///
/// `@unchecked Sendable`: confined to its loop.
final class Crowd: Lane, MemberSocketDelegate, @unchecked Sendable {
    let loop: EventLoop
    var recorder = Recorder()
    private let run: BenchRun
    private let people: [BenchPerson]
    private var sockets: [MemberSocket] = []
    private var lostCount = 0

    init(_ run: BenchRun, people: [BenchPerson], loop: EventLoop) {
        self.run = run
        self.people = people
        self.loop = loop
    }

    /// A crowd for each loop.
    static func crowds(_ run: BenchRun, people: [BenchPerson]) -> [Crowd] {
        let loops = run.loops(for: people.count)
        return loops.enumerated().map { index, loop in
            Crowd(run, people: stride(from: index, to: people.count, by: loops.count).map { people[$0] }, loop: loop)
        }
    }

    /// Connects everyone. Who is not let in is noted as an error.
    func connect() async throws {
        recorder.open(at: MonotonicClock.now)
        try await forEach(people.count, limit: run.options.concurrency) { [self] in await connect(people[$0]) }
    }

    private func connect(_ person: BenchPerson) async {
        let start = MonotonicClock.now
        do {
            sockets.append(try await MemberSocket.open(run.target, as: person, on: loop, delegate: self))
            let now = MonotonicClock.now
            recorder.record(since: start, until: now)
            recorder.complete(at: now)
        } catch {
            recorder.note(error: (error as? BenchFailure)?.explanation ?? "\(error)")
        }
    }

    /// Sockets that are open.
    var count: Int { sockets.count - lostCount }

    func start() {}

    func stop() {}

    var isQuiet: Bool { true }

    func finish() {
        for socket in sockets { socket.close() }
        sockets = []
        lostCount = 0
    }

    func member(_ socket: MemberSocket, received frame: ServerFrame) {}

    func memberEnded(_ socket: MemberSocket, reason: String) {
        lostCount += 1
        recorder.note(error: reason)
    }
}

extension [Crowd] {
    /// Connects everyone.
    func gather() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for crowd in self { group.addTask { try await crowd.loop.perform { try await crowd.connect() } } }
            try await group.waitForAll()
        }
    }

    /// Closes all sockets.
    ///
    /// - Returns: what all of them saw.
    func dismiss() async -> Tally {
        var total = Tally(kinds: 1)
        for crowd in self {
            total += await crowd.loop.run { _ in
                crowd.finish()
                return crowd.recorder.tally
            }
        }
        return total
    }
}
