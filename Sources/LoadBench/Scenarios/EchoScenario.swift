internal import Runtime

/// Sockets that get back what they send: the floor under every message.
struct EchoScenario: Scenario {
    let options: BenchOptions

    let needs = BenchNeeds()

    func run(_ run: BenchRun) async throws -> BenchReport {
        let path = options.path ?? "/__echo"
        let loops = run.loops(for: options.clients)
        let lanes = loops.enumerated().map { index, loop in
            EchoLane(run, path: path, clients: options.share(options.clients, of: index, among: loops.count), loop: loop)
        }
        let (tally, expense) = try await SteadyLoad(lanes: lanes, options: options).run()
        let load = "WebSocket \(path), \(options.clients) sockets, \(options.size) bytes"
        return BenchReport(.echo, load, unit: "echo", plural: "echoes", tally, kinds: ["echoed"], expense)
    }
}

/// `@unchecked Sendable`: confined to its loop.
private final class EchoLane: Lane, SocketClientDelegate, @unchecked Sendable {
    let loop: EventLoop
    var recorder = Recorder()
    private let run: BenchRun
    private let path: String
    private let clients: Int
    private let payload: [UInt8]
    private var sockets: [SocketClient] = []
    /// When each socket sent what it waits for.
    private var starts: [ObjectIdentifier: UInt64] = [:]
    private var isStopping = false

    init(_ run: BenchRun, path: String, clients: Int, loop: EventLoop) {
        self.run = run
        self.path = path
        self.clients = clients
        self.loop = loop
        payload = [UInt8](repeating: UInt8(ascii: "x"), count: run.options.size)
    }

    func connect() async throws {
        try await forEach(clients, limit: run.options.concurrency) { [self] _ in
            sockets.append(try await SocketClient.open(run.target, path: path, on: loop, delegate: self))
        }
    }

    func start() { for socket in sockets { send(on: socket) } }

    func stop() { isStopping = true }

    var isQuiet: Bool { starts.isEmpty }

    func finish() { for socket in sockets { socket.close() } }

    private func send(on socket: SocketClient) {
        starts[ObjectIdentifier(socket)] = MonotonicClock.now
        socket.send(text: payload)
    }

    func socket(_ socket: SocketClient, received message: UnsafeRawBufferPointer) {
        let now = MonotonicClock.now
        guard let start = starts.removeValue(forKey: ObjectIdentifier(socket)), message.elementsEqual(payload) else {
            return recorder.note(error: "echo of something else")
        }
        recorder.record(since: start, until: now)
        recorder.complete(at: now)
        if !isStopping { send(on: socket) }
    }

    func socketEnded(_ socket: SocketClient, reason: String) {
        starts[ObjectIdentifier(socket)] = nil
        recorder.note(error: reason)
    }
}
