internal import Runtime

/// The kinds of load.
public enum ScenarioName: String, CaseIterable, Sendable {
    case pairs, echo, http, idle, storm, history, inbox, sync

    /// One line for the list of scenarios.
    public var summary: String {
        switch self {
        case .pairs: "people write to each other in twos; --rate R for a fixed schedule"
        case .echo: "a WebSocket that echoes (--path, /__echo)"
        case .http: "GET of a small page (--path, /health/live)"
        case .idle: "authenticated sockets that do nothing: memory of the server for each"
        case .storm: "people connect as fast as they are let in"
        case .history: "pages of 50 messages from anywhere in long conversations"
        case .inbox: "the first 50 of a thousand conversations, with unread counts"
        case .sync: "catching up with a thousand messages in a hundred conversations"
        }
    }

    func scenario(_ options: BenchOptions) -> any Scenario {
        switch self {
        case .pairs: PairsScenario(options: options)
        case .echo: EchoScenario(options: options)
        case .http: PageScenario(options: options)
        case .idle: IdleScenario(options: options)
        case .storm: StormScenario(options: options)
        case .history: HistoryScenario(options: options)
        case .inbox: InboxScenario(options: options)
        case .sync: SyncScenario(options: options)
        }
    }
}

/// One kind of load.
protocol Scenario: Sendable {
    /// Who and what must be there.
    var needs: BenchNeeds { get }

    func run(_ run: BenchRun) async throws -> BenchReport
}

/// What a scenario works with.
struct BenchRun: Sendable {
    let target: BenchTarget
    /// Where the readers of `pairs` connect: another node, or the same.
    let readers: BenchTarget
    let world: BenchWorld
    let options: BenchOptions
    let group: EventLoopGroup

    /// The loops that share `parts` parts of a load: never more than there are parts.
    func loops(for parts: Int) -> [EventLoop] { Array(group.loops.prefix(max(1, parts))) }

    /// A request of somebody.
    func get(_ path: String, as person: BenchPerson) -> [UInt8] { request("GET", path, "", as: person) }

    func post(_ path: String, _ json: String, as person: BenchPerson) -> [UInt8] {
        request("POST", path, "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n", json, as: person)
    }

    private func request(_ method: String, _ path: String, _ fields: String, _ body: String = "", as person: BenchPerson) -> [UInt8] {
        Array(
            "\(method) \(path) HTTP/1.1\r\nHost: \(target.authority)\r\nAuthorization: Bearer \(person.token)\r\n\(fields)\r\n\(body)".utf8)
    }
}
