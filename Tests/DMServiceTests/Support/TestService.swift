import Crypto
import Foundation
import JSON
import Observability
import Runtime
import Testing

@testable import DMService
@testable import Postgres

extension Trait where Self == ConditionTrait {
    /// Needs a database.
    static var database: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["PARLEY_TEST_DATABASE_URL"] != nil,
            "set PARLEY_TEST_DATABASE_URL to a database that tests may use; script/test does")
    }
}

/// The rooms of the product on a schema of their own, without the server in front of them.
struct TestService: Sendable {
    let services: Services
    let group: EventLoopGroup

    static let secret = "a secret that is long enough for tests"

    static func configuration(_ settings: [String: String] = [:]) throws -> Configuration {
        var environment = [
            "DATABASE_URL": "postgres://localhost/parley", "PARLEY_SECRET": secret, "PARLEY_LIMITS": "off", "PARLEY_ENV": "test",
        ]
        environment.merge(settings) { $1 }
        return try Configuration(environment: environment) { _ in throw CocoaError(.fileNoSuchFile) }
    }

    /// Runs `body` on a loop with so many nodes on one schema, which is dropped afterwards.
    static func run(
        nodes: Int = 1, loops: Int = 1, settings variables: [String: String] = [:], lockTimeout: Duration = .seconds(20),
        _ body: @escaping @Sendable ([TestService]) async throws -> Void
    ) async throws {
        let url = try #require(ProcessInfo.processInfo.environment["PARLEY_TEST_DATABASE_URL"])
        let connections = 2 * nodes * loops + 1
        await ConnectionBudget.shared.take(connections)
        defer { Task { await ConnectionBudget.shared.giveBack(connections) } }
        var settings = try PostgresConfiguration(parsing: url)
        settings.connectionsPerLoop = 2
        settings.poolWait = .seconds(20)
        settings.connectDeadline = .seconds(20)
        settings.answerDeadline = .seconds(25)
        settings.statementTimeout = .seconds(20)
        settings.lockTimeout = lockTimeout
        let schema = "rooms_\(UInt64.random(in: 0 ... .max))"
        try await run(script: "CREATE SCHEMA \(schema)", settings)
        settings.searchPath = schema
        var nodesMade: [TestService] = []
        var databases: [Database] = []
        let result: Result<Void, any Error>
        do {
            let migrating = EventLoopGroup(count: 1)
            try await Migrator(settings, on: migrating.loops[0], directory: migrations).up()
            migrating.shutdown()
            for _ in 0..<nodes {
                let group = EventLoopGroup(count: loops)
                let database = await Database(settings, on: group, metrics: MetricsRegistry())
                databases.append(database)
                let services = try await Services(
                    configuration(variables), group: group, database: database, writer: database, registry: MetricsRegistry())
                nodesMade.append(TestService(services: services, group: group))
            }
            let made = nodesMade
            try await databases[0].onLoop { try await body(made) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for database in databases { await database.close() }
        for node in nodesMade { node.group.shutdown() }
        settings.searchPath = nil
        try await run(script: "DROP SCHEMA \(schema) CASCADE", settings)
        try result.get()
    }

    /// Runs SQL whose text is made up here: a schema's name cannot be a parameter.
    private static func run(script: String, _ settings: PostgresConfiguration) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        try await run(script: script, settings, on: group.loops[0])
    }

    private static func run(script: String, _ settings: PostgresConfiguration, on loop: isolated EventLoop) async throws {
        let pipeline = try await Pipeline.open(settings, on: loop, PostgresTelemetry(.current, MetricsRegistry()))
        defer { pipeline.close() }
        try await pipeline.run(script: script)
    }

    static let migrations = URL(filePath: #filePath).appending(path: "../../../../migrations").standardized.path

    /// Runs `body` on a loop of this node, as a handler would be.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Services) async throws -> Value) async throws -> Value {
        try await services.database.onLoop { try await body(services) }
    }

    // MARK: People

    /// A new member with an account, as a sender.
    func newcomer() async throws -> Profile {
        let id = Member.ID(UUIDv7Generator().next())
        let name = "t_" + id.description.suffix(20).replacing("-", with: "_")
        try await services.database.execute(
            InsertPeople(
                members: [id], usernames: [name], devices: [Device.ID(UUIDv7Generator().next())],
                signIns: [SignIn.ID(UUIDv7Generator().next())]))
        return try await services.profiles.profile(of: id)
    }

    /// Two members and their conversation.
    func pair() async throws -> (Profile, Profile, Conversation.ID) {
        let (one, other) = (try await newcomer(), try await newcomer())
        return (one, other, try await services.conversations.direct(of: one.id, with: other.id).conversation.id)
    }

    func send(
        _ content: String, _ clientID: String? = nil, to conversation: Conversation.ID, from sender: Profile
    ) async throws(SendRefusal) -> (message: Message, isReplay: Bool) {
        let draft = Message.Draft(kind: .text, content: content, clientID: clientID.flatMap(ClientMessageID.init(_:)))
        return try await services.messages.send(draft, to: conversation, from: sender)
    }

    /// Why such a message is not taken.
    func refusal(_ content: String, _ clientID: String, to conversation: Conversation.ID, from sender: Profile) async -> SendRefusal? {
        do {
            _ = try await send(content, clientID, to: conversation, from: sender)
            return nil
        } catch {
            return error
        }
    }

    /// The value of a counter without labels.
    func metric(_ name: String) -> Int? {
        let lines = String(decoding: services.registry.renderPrometheus(), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    func history(_ conversation: Conversation.ID, for viewer: Profile) async throws -> [Message] {
        let place = HistoryPlace(conversation: conversation, viewer: viewer.id, seq: 0, limit: 1000)
        let lines = try await services.database.query(MessagesAfter(place: place))
        return try await services.profiles.name(lines.compactMap(\.message))
    }
}
