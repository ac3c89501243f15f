internal import Crypto
internal import Observability
internal import Postgres
internal import Runtime

/// What is done to a database beside serving it: migrating, seeding, making people for a load. Lives for one call.
public struct Workshop: Sendable {
    let configuration: Configuration
    let group: EventLoopGroup

    /// Runs `body` with a workshop, and clears up after it.
    public static func run<Value: Sendable>(_ configuration: Configuration, _ body: (Workshop) async throws -> Value) async throws -> Value
    {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        return try await body(Workshop(configuration: configuration, group: group))
    }

    // MARK: The schema

    /// Brings the schema up to date. Answers the names of the migrations and files of functions that were applied.
    public func migrate() async throws -> [String] {
        try await migrator().up().names
    }

    /// Takes back the migrations above a version, with the data that they brought. Answers their names.
    public func migrate(downTo version: Int64) async throws -> [String] {
        try await migrator().down(to: version).map(\.name)
    }

    /// What stands in the way of serving: one line for each migration that is missing or was changed after it was applied, and for each file of
    /// functions that is not what the database has.
    public func schemaProblems() async throws -> [String] {
        let status = try await migrator().status()
        return status.migrations.compactMap { migration in
            if case .applied = migration.state { return nil }
            return "migration \(migration.version) \(migration.name) is \(migration.state)"
        }
            + status.functions.compactMap { file in
                switch file.state {
                case .applied: nil
                case .pending: "functions/\(file.name) is pending"
                case .changed: "functions/\(file.name) is not the version that the database has"
                case .unknown: "functions/\(file.name) is in the database, and unknown to this program"
                }
            }
    }

    /// Says that the database lives anew: it was restored, promoted or moved. Devices that come back then read a snapshot.
    public func beginGeneration() async throws {
        try await withServices { services in _ = try await services.database.execute(BeginGeneration()) }
    }

    private func migrator() throws -> Migrator {
        try Migrator(
            try configuration.postgres(connections: 1), on: group.loops[0], directory: configuration.migrationsFolder)
    }

    // MARK: People

    /// Makes accounts for people who have none yet.
    public func seed(_ people: [DemoPerson]) async throws {
        try await withServices { services in
            for person in people {
                do {
                    _ = try await services.accounts.register(
                        Registration(username: person.username, email: nil, password: person.password, displayName: person.displayName))
                } catch AccountRefusal.taken {
                    continue
                }
            }
        }
    }

    /// People with access tokens, for a load.
    public struct Crowd: Sendable {
        public let people: [(userID: String, accessToken: String)]
        /// Direct conversations of the first and the second person, the third and the fourth, and so on.
        public let conversationIDs: [String]
    }

    /// Makes people straight in the database: a load of thousands need not wait for thousands of password hashes.
    ///
    /// - Parameters:
    ///   - pairs: how many direct conversations they have.
    ///   - isStar: whether all of them are the first person's, with each of the others, instead.
    ///   - messages: how many messages each of the conversations holds.
    public func crowd(people count: Int, pairs: Int, isStar: Bool = false, messages: Int) async throws -> Crowd {
        try await withServices { services in
            let ids = UUIDv7Generator()
            let members = (0..<count).map { _ in Member.ID(ids.next()) }
            let signIns = (0..<count).map { _ in SignIn.ID(ids.next()) }
            let conversations = (0..<pairs).map { _ in Conversation.ID(ids.next()) }
            for slice in stride(from: 0, to: count, by: 1000).map({ $0..<min($0 + 1000, count) }) {
                try await services.database.execute(
                    InsertPeople(
                        members: Array(members[slice]),
                        usernames: members[slice].map { "load_" + $0.description.suffix(24).replacing("-", with: "_") },
                        devices: slice.map { _ in Device.ID(ids.next()) }, signIns: Array(signIns[slice])))
            }
            for slice in stride(from: 0, to: pairs, by: 1000).map({ $0..<min($0 + 1000, pairs) }) {
                try await services.database.execute(
                    InsertPairs(
                        conversations: Array(conversations[slice]), ones: slice.map { members[isStar ? 0 : $0 * 2] },
                        others: slice.map { members[isStar ? $0 + 1 : $0 * 2 + 1] }))
            }
            if messages > 0 {
                for conversation in conversations {
                    try await services.database.execute(FillConversations(conversations: [conversation], count: messages))
                }
            }
            let tokens = zip(members, signIns).map { services.accounts.signer.sign(subject: $0.value, session: $1.value) }
            return Crowd(
                people: zip(members, tokens).map { ($0.description, $1) }, conversationIDs: conversations.map(\.description))
        }
    }

    func withServices<Value: Sendable>(_ body: @escaping @Sendable (Services) async throws -> Value) async throws -> Value {
        var settings = try configuration.postgres(connections: 1)
        settings.statementTimeout = .seconds(300)
        settings.answerDeadline = .seconds(310)
        let database = await Database(settings, on: group)
        do {
            let services = try await Services(configuration, group: group, database: database, writer: database, registry: .shared)
            let value = try await database.onLoop { try await body(services) }
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }
}

extension Configuration {
    /// How to reach the database, with so many connections for each loop.
    func postgres(connections: Int) throws(ConfigurationError) -> PostgresConfiguration {
        do {
            var settings = try PostgresConfiguration(parsing: databaseURL)
            settings.connectionsPerLoop = connections
            return settings
        } catch {
            throw ConfigurationError(
                "DATABASE_URL", "cannot be read: \(error)",
                remedy: "Set it to an address such as postgres://user:password@host:5432/parley.")
        }
    }
}
