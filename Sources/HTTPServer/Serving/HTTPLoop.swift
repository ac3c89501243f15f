internal import Networking
internal import Observability
internal import Runtime

/// What all connections of one loop share. Belongs to its loop.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop.
final class HTTPLoop: @unchecked Sendable {
    let loop: EventLoop
    let core: HTTPServerCore
    var encoder: ResponseEncoder
    var names = NameGenerator()
    private(set) var isDraining = false
    private(set) lazy var inflater = WebSocketInflater()
    private(set) lazy var deflater = WebSocketDeflater()
    private var table = ConnectionTable()
    private var timer: LoopTimer?
    private var whenEmpty: (() -> Void)?

    init(loop: EventLoop, core: HTTPServerCore) {
        self.loop = loop
        self.core = core
        encoder = ResponseEncoder(standardHeaders: core.configuration.standardHeaders)
    }

    // MARK: Members

    func accept(_ transport: TCPConnection) {
        let connection = HTTPConnection(transport, on: self)
        transport.handler = connection
        insert(connection)
        if isDraining || table.count > core.configuration.maximumConnections / core.loopCount { connection.turnAway() }
    }

    func insert(_ member: any LoopMember) {
        table.insert(member)
        if timer == nil {
            timer = loop.schedule(every: core.configuration.timing.check) { [unowned self] in checkDeadlines() }
        }
    }

    func remove(_ member: any LoopMember) {
        table.remove(member)
        guard table.count == 0 else { return }
        timer?.cancel()
        timer = nil
        whenEmpty?()
        whenEmpty = nil
    }

    private func checkDeadlines() {
        let now = loop.now
        for member in table.nextPart() { member.checkDeadlines(now: now) }
    }

    // MARK: Drain

    /// Lets everything under way come to its end, and calls `done` when the last connection is gone; what is left after
    /// `limit` is cut.
    func drain(limit: Duration, _ done: @escaping () -> Void) {
        isDraining = true
        guard table.count > 0 else { return done() }
        whenEmpty = done
        for member in table.all { member.drain() }
        loop.schedule(after: limit) { [weak self] in
            guard let self else { return }
            for member in table.all { member.abort() }
        }
    }
}
