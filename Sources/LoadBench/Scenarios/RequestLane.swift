internal import Runtime

/// HTTP connections, each of which sends a request, waits for the answer, and sends the next.
///
/// `@unchecked Sendable`: confined to its loop.
final class RequestLane: Lane, HTTPClientDelegate, @unchecked Sendable {
    /// A request, and what is wrong with an answer to it; `nil` when it is what it should be.
    struct Exchange {
        let request: [UInt8]
        let fault: (ResponseReader.Response) -> String?
    }

    private struct Client {
        let connection: HTTPClientConnection
        var waiting: (exchange: Exchange, start: UInt64)?
    }

    let loop: EventLoop
    var recorder = Recorder()
    private let run: BenchRun
    private let clientCount: Int
    private let makeExchange: @Sendable () -> Exchange
    private var clients: [Client] = []
    private var indices: [ObjectIdentifier: Int] = [:]
    private var isStopping = false

    /// - Parameter exchange: the next thing to ask. Called on the loop.
    init(_ run: BenchRun, clients: Int, loop: EventLoop, exchange: @escaping @Sendable () -> Exchange) {
        self.run = run
        clientCount = clients
        self.loop = loop
        makeExchange = exchange
    }

    func connect() async throws {
        try await forEach(clientCount, limit: run.options.concurrency) { [self] _ in
            let connection = try await HTTPClientConnection.open(run.target, on: loop, delegate: self)
            indices[ObjectIdentifier(connection)] = clients.count
            clients.append(Client(connection: connection))
        }
    }

    func start() { for index in clients.indices { send(index) } }

    func stop() { isStopping = true }

    var isQuiet: Bool { clients.allSatisfy { $0.waiting == nil } }

    func finish() { for client in clients { client.connection.close() } }

    private func send(_ index: Int) {
        let exchange = makeExchange()
        clients[index].waiting = (exchange, MonotonicClock.now)
        clients[index].connection.send(exchange.request)
    }

    func connection(_ connection: HTTPClientConnection, received response: ResponseReader.Response) {
        let now = MonotonicClock.now
        guard let index = indices[ObjectIdentifier(connection)], let (exchange, start) = clients[index].waiting else {
            return recorder.note(error: "answer to nothing")
        }
        clients[index].waiting = nil
        if let fault = exchange.fault(response) {
            recorder.note(error: fault)
        } else {
            recorder.record(since: start, until: now)
            recorder.complete(at: now)
        }
        if !isStopping { send(index) }
    }

    func connectionEnded(_ connection: HTTPClientConnection, reason: String) {
        if let index = indices[ObjectIdentifier(connection)] { clients[index].waiting = nil }
        recorder.note(error: reason)
    }
}
