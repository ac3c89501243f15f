internal import Crypto
internal import HTTPServer
internal import Networking
public import Observability
internal import Postgres
internal import Redis

/// Everything about the service that is a choice, read and checked once, at start.
public struct Configuration: Sendable {
    public enum Stage: String, CaseIterable, Sendable {
        case development, test, production
    }

    public struct TLS: Sendable {
        /// Paths of PEM files.
        public let certificateChain: String
        public let privateKey: String
    }

    public let stage: Stage
    public let host: String
    public let port: UInt16
    public let databaseURL: String
    /// `nil`: processes find out about each other's writes from the database alone.
    let redis: RedisConfiguration?
    let secret: ServerSecret
    let previousSecrets: [ServerSecret]
    /// Of an access token, and of a refresh token.
    let accessLifetime: Duration
    let refreshLifetime: Duration
    public let tls: TLS?
    /// Origins whose pages may open a socket and call the API; `nil`: those that this service serves itself.
    let allowedOrigins: [String]?
    /// The proxies in front, which may say for whom they ask. None unless they are named.
    let trustedProxies: [AddressBlock]
    /// One for each core unless it is set.
    let loops: Int?
    /// Database connections of each loop, besides the one that writes messages.
    let databaseConnections: Int
    let limits: [LimitName: TokenBucket.Size]
    let presence: PresenceSettings
    let echoes: Bool
    /// Unicode scalars of a message.
    let longestContent: Int
    public let logLevel: Logger.Level
    /// Folders that come with the program.
    public let webFolder: String?
    public let migrationsFolder: String
    /// Whether the page may offer the two people of development at a click.
    public let showsDemoPeople: Bool
    /// What `/metrics` asks for; `nil`: everybody may read it.
    let metricsToken: String?
    /// How long what is under way may take to finish at the end.
    let drainLimit: Duration
    /// Whose tokens are taken besides our own; `nil`: nobody's.
    let hostAccounts: HostAccountSettings?
    /// How far back a device can catch up.
    let syncWindow: Duration
    /// Of the host app's servers, which provision people; none: nobody does.
    let apiKeys: [APIKey]
    /// Addresses that this service may ask although they are not of the public net.
    let outboundAllowed: [AddressBlock]

    /// - Parameters:
    ///   - environment: of the process.
    ///   - found: what was found where the program stands; holds where nothing else is set.
    ///   - readFile: answers the text of a file.
    /// - Throws: ``ConfigurationError`` for the first setting that cannot be used.
    public init(
        environment: [String: String], found: [String: String] = [:], readFile: (String) throws -> String
    ) throws(ConfigurationError) {
        var file: [String: String] = [:]
        if let path = environment["PARLEY_CONFIG"], !path.isEmpty {
            guard let text = try? readFile(path) else {
                throw ConfigurationError(
                    "PARLEY_CONFIG", "names a file that cannot be read", remedy: "Name a readable file of NAME=value lines.")
            }
            file = try Environment.parse(file: text)
        }
        let settings = Environment(environment, file, found)

        stage = try settings.choice("PARLEY_ENV", "ENV") ?? .development
        host = settings.text("PARLEY_HOST")?.value ?? "127.0.0.1"
        port = try settings.number(1...65_535, "PARLEY_PORT", "PORT") ?? 8080
        guard let database = settings.text("PARLEY_DATABASE_URL", "DATABASE_URL") else {
            throw ConfigurationError(
                "DATABASE_URL", "is not set", remedy: "Set it to a PostgreSQL address such as postgres://user:password@host:5432/parley.")
        }
        databaseURL = database.value
        redis = try settings.redis()
        secret = try settings.secret()
        previousSecrets = try settings.previousSecrets()
        accessLifetime = try settings.accessLifetime() ?? .seconds(15 * 60)
        refreshLifetime = try settings.seconds(3600...31_536_000, "PARLEY_REFRESH_TTL", "JWT_REFRESH_TTL") ?? .seconds(30 * 86_400)
        tls = try settings.tls()
        allowedOrigins = try settings.origins("PARLEY_ALLOWED_ORIGINS", "CORS_ALLOWED_ORIGINS", "FRONTEND_ORIGIN")
        trustedProxies = try settings.addressBlocks("PARLEY_TRUSTED_PROXIES") ?? []
        loops = try settings.number(1...64, "PARLEY_LOOPS")
        databaseConnections = try settings.number(1...100, "PARLEY_DATABASE_CONNECTIONS") ?? 4
        limits = try settings.limits(stage)
        presence = try settings.presence()
        echoes = try settings.onOff("PARLEY_ECHO") ?? false
        longestContent = try settings.number(1...16_000, "PARLEY_MAX_MESSAGE_CHARS", "MAX_MESSAGE_CHARS") ?? 4096
        logLevel = try settings.logLevel() ?? .info
        webFolder = settings.text("PARLEY_WEB")?.value
        migrationsFolder = settings.text("PARLEY_MIGRATIONS")?.value ?? "migrations"
        showsDemoPeople = try settings.onOff("PARLEY_DEMO") ?? false
        metricsToken = try settings.token("PARLEY_METRICS_TOKEN")
        drainLimit = try settings.seconds(1...300, "PARLEY_DRAIN_SECONDS") ?? .seconds(10)
        syncWindow = .seconds(86_400 * Int64(try settings.number(1...365, "PARLEY_SYNC_DAYS") ?? 7))
        outboundAllowed = try settings.addressBlocks("PARLEY_OUTBOUND_ALLOWED") ?? []
        hostAccounts = try settings.hostAccounts(stage)
        apiKeys = try settings.apiKeys("PARLEY_API_KEYS")
        try refuseWhatProductionMustNotHave(settings)
    }

    private func refuseWhatProductionMustNotHave(_ settings: Environment) throws(ConfigurationError) {
        guard stage == .production else { return }
        for (variable, isOn) in [("PARLEY_ECHO", echoes), ("PARLEY_LIMITS", limits.isEmpty), ("PARLEY_DEMO", showsDemoPeople)] where isOn {
            throw ConfigurationError(variable, "is not for production", remedy: "Remove it, or set PARLEY_ENV to development or test.")
        }
    }
}
