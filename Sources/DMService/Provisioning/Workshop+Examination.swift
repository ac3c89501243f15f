internal import Networking
internal import Postgres

/// What `parley doctor` found out about one thing.
public struct Finding: Sendable {
    public let subject: String
    public let isGood: Bool
    /// What it is, or what is wrong and what to do.
    public let words: String

    init(_ subject: String, _ isGood: Bool, _ words: String) {
        self.subject = subject
        self.isGood = isGood
        self.words = words
    }
}

extension Configuration {
    /// What an operator should know of the settings, whether or not there is a database.
    public var findings: [Finding] {
        let proxies = trustedProxies.map(\.description).joined(separator: ", ")
        return [
            Finding(
                "proxies", true,
                proxies.isEmpty
                    ? "none is trusted: limits count the address of the connection. Behind a proxy, name it in PARLEY_TRUSTED_PROXIES."
                    : "\(proxies) may say by X-Forwarded-For for whom they ask")
        ]
    }
}

extension Workshop {
    /// Looks at the database: its version, its promises to keep what it commits, its free connections, its schema.
    public func examine() async throws -> [Finding] {
        var findings = try await examineServer()
        let problems = try await schemaProblems()
        findings.append(
            Finding(
                "schema", problems.isEmpty, problems.isEmpty ? "up to date" : problems.joined(separator: "; ") + ". Run: parley migrate."))
        return findings
    }

    private func examineServer() async throws -> [Finding] {
        try await withServices { services in
            let facts = try await services.database.one(ServerFacts())
            return [
                Finding(
                    "PostgreSQL", facts.version >= 150_000,
                    "version \(facts.version / 10_000)" + (facts.version >= 150_000 ? "" : ": Parley needs 15 or newer.")),
                Finding(
                    "durability", facts.isDurable,
                    facts.isDurable
                        ? "commits reach the disk before they are answered"
                        : "fsync, full_page_writes or synchronous_commit is off: a message that was acknowledged may be lost. Turn them on."
                ),
                Finding(
                    "connections", facts.freeConnections > 0,
                    "\(facts.freeConnections) of \(facts.maximumConnections) are free"
                        + (facts.freeConnections > 0 ? "" : ". Raise max_connections, or close some.")),
            ]
        }
    }
}

private struct ServerFacts: Statement {
    static let sql = """
        SELECT current_setting('server_version_num')::int4,
               current_setting('fsync')::bool AND current_setting('full_page_writes')::bool AND current_setting('synchronous_commit') <> 'off',
               current_setting('max_connections')::int4,
               (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int4
        """

    struct Facts: Sendable {
        let version: Int
        let isDurable: Bool
        let maximumConnections: Int
        let freeConnections: Int
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Facts {
        let maximum = Int(try row.int32(2))
        return Facts(
            version: Int(try row.int32(0)), isDurable: try row.bool(1), maximumConnections: maximum,
            freeConnections: maximum - Int(try row.int32(3)))
    }
}
