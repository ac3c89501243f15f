internal import Runtime

/// The part of a load that one event loop carries. Belongs to its loop: everything but `loop` is used there only.
protocol Lane: AnyObject, Sendable {
    var loop: EventLoop { get }
    var recorder: Recorder { get set }

    /// Opens the connections.
    func connect() async throws

    /// Begins the load.
    func start()

    /// Begins nothing new; what is under way goes on.
    func stop()

    /// Whether nothing is under way any more.
    var isQuiet: Bool { get }

    /// Closes the connections and completes the tally.
    func finish()
}

/// The way of every load that has a warm-up, a window and an end.
struct SteadyLoad {
    /// How long the server may take, after the last message was sent, until all is answered and delivered.
    private static let patience = Duration.seconds(10)

    let lanes: [any Lane]
    let options: BenchOptions

    func run() async throws -> (tally: Tally, expense: Expense) {
        for lane in lanes { try await lane.loop.perform { try await lane.connect() } }
        await everywhere { $0.start() }
        try await Task.sleep(for: .seconds(options.warmUp))
        var window = Window(watching: options.groups)
        await everywhere { [start = window.start] in $0.recorder.open(at: start) }
        try await Task.sleep(for: .seconds(options.duration))
        let expense = window.close()
        await everywhere { [end = window.end] lane in
            lane.recorder.close(at: end)
            lane.stop()
        }
        try await waitUntilQuiet()
        var tallies: [Tally] = []
        for lane in lanes {
            tallies.append(
                await lane.loop.run { _ in
                    lane.finish()
                    return lane.recorder.tally
                })
        }
        let total = tallies.dropFirst().reduce(into: tallies[0]) { $0 += $1 }
        return (total, expense)
    }

    private func everywhere(_ body: @Sendable (any Lane) -> Void) async {
        for lane in lanes { await lane.loop.run { _ in body(lane) } }
    }

    private func waitUntilQuiet() async throws {
        let deadline = ContinuousClock.now + Self.patience
        for lane in lanes {
            while ContinuousClock.now < deadline, !(await lane.loop.run({ _ in lane.isQuiet })) {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}

extension Lane {
    /// Runs `body` for every index below `count` on this loop, at most `limit` at the same time. Stops at the first error.
    func forEach(_ count: Int, limit: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                if index >= limit { try await group.next() }
                group.addTask { try await body(index) }
            }
            try await group.waitForAll()
        }
    }
}
