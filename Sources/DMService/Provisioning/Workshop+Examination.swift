internal import Networking
internal import Observability
internal import Postgres
internal import Redis
internal import Runtime

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

extension Finding {
    /// - Parameter held: by programs of our name. The service may run already, so they do not speak against it.
    static func connections(free: Int, held: Int, maximum: Int, needed: Int) -> Finding {
        let facts = "\(free) of \(maximum) are free and \(held) are Parley's; each process of the service needs \(needed)"
        guard free + held < needed else { return Finding("connections", true, facts) }
        return Finding(
            "connections", false, facts + ". Raise max_connections, close some, or lower PARLEY_DATABASE_CONNECTIONS or PARLEY_LOOPS.")
    }
}

extension Configuration {
    /// Database connections that one process of the service opens: those of each loop, one for each queue of messages, and one that
    /// looks at the schema.
    func neededConnections(cores: Int) -> Int {
        let loops = SocketDirectory.loopCount(wanted: loops, cores: cores)
        return loops * databaseConnections + ConversationWriter.queueCount(loops: loops) + 1
    }

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
    /// Looks at the database: its version, its promises to keep what it commits, its free connections, its schema; and at what else the service
    /// is told to use.
    public func examine() async throws -> [Finding] {
        var findings = await examineOthers() + (try await examineServer())
        let problems = try await schemaProblems()
        findings.append(
            Finding(
                "schema", problems.isEmpty, problems.isEmpty ? "up to date" : problems.joined(separator: "; ") + ". Run: parley migrate."))
        return findings
    }

    private func examineOthers() async -> [Finding] {
        var findings: [Finding] = []
        if configuration.redis != nil {
            do {
                try await askRedis()
                findings.append(Finding("Redis", true, "answers"))
            } catch {
                findings.append(
                    Finding("Redis", false, "cannot be asked: \(error). Without it all works, slower between nodes. Check REDIS_URL."))
            }
        }
        if configuration.hostAccounts != nil {
            do {
                let keys = try await configuration.hostKeys(group: group, registry: .shared)
                try await keys?.load()
                await keys?.close()
                findings.append(Finding("host app's keys", true, "can be read"))
            } catch {
                let reason = (error as? HostKeyFailure)?.reason ?? "\(error)"
                findings.append(Finding("host app's keys", false, "cannot be read: \(reason). The host app's people cannot sign in."))
            }
        }
        return findings
    }

    private func askRedis() async throws {
        guard let settings = configuration.redis else { return }
        let redis = try await Redis(settings, on: group, metrics: .shared)
        let result: Result<RedisReply, any Error>
        do { result = .success(try await redis.send("PING")) } catch { result = .failure(error) }
        await redis.close()
        _ = try result.get()
    }

    private func examineServer() async throws -> [Finding] {
        let (configuration, cores) = (configuration, EventLoopGroup.coreCount)
        return try await withServices { services in
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
                    "oldest transaction", facts.oldestTransaction < 600,
                    facts.oldestTransaction < 600
                        ? "\(facts.oldestTransaction) s"
                        : "\(facts.oldestTransaction) s: what is deleted cannot be reclaimed, and looking for changes takes longer. End it."
                ),
                .connections(
                    free: facts.freeConnections, held: facts.heldConnections, maximum: facts.maximumConnections,
                    needed: configuration.neededConnections(cores: cores)),
            ]
        }
    }
}

private struct ServerFacts: Statement {
    static let sql = """
        SELECT current_setting('server_version_num')::int4,
               current_setting('fsync')::bool AND current_setting('full_page_writes')::bool AND current_setting('synchronous_commit') <> 'off',
               current_setting('max_connections')::int4,
               (current_setting('superuser_reserved_connections')::int8
                + coalesce(current_setting('reserved_connections', true), '0')::int8 + connections.count)::int4,
               connections.held::int4,
               coalesce((SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
                          WHERE datname = current_database()), 0)::int4
          FROM (SELECT count(*), count(*) FILTER (WHERE application_name = current_setting('application_name')) AS held
                  FROM pg_stat_activity
                  -- Of other roles' connections the type is not told.
                 WHERE coalesce(backend_type, 'client backend') = 'client backend' AND datid IS NOT NULL) connections
        """

    struct Facts: Sendable {
        let version: Int
        let isDurable: Bool
        let maximumConnections: Int
        let freeConnections: Int
        /// By this one and others of its name.
        let heldConnections: Int
        /// Its age in seconds.
        let oldestTransaction: Int
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Facts {
        let maximum = Int(try row.int32(2))
        return Facts(
            version: Int(try row.int32(0)), isDurable: try row.bool(1), maximumConnections: maximum,
            freeConnections: max(0, maximum - Int(try row.int32(3))), heldConnections: Int(try row.int32(4)),
            oldestTransaction: Int(try row.int32(5)))
    }
}
