internal import Crypto
internal import HTTPServer
internal import Observability
internal import Postgres
internal import Redis
internal import Runtime

/// The rooms of the product, joined: who uses whom is said here and nowhere else.
struct Services: Sendable {
    let database: Database
    let writer: Database
    let redis: Redis?
    let schema: SchemaWatch
    let delivery: Delivery
    let limits: RateLimits
    let proxies: TrustedProxies
    let registry: MetricsRegistry
    let authentication: Authentication
    let accounts: AccountActions
    let conversations: ConversationActions
    let messages: MessageActions
    let receipts: ReceiptActions
    let sync: SyncActions
    let presence: PresenceActions
    let relations: RelationActions
    let provisioning: ProvisioningActions
    let apiKeys: APIKeys
    let profiles: ProfileDirectory
    /// What runs beside the server for as long as it does.
    let background: [any Service]

    /// The names under which access tokens are issued and accepted.
    private static let issuer = "parley"
    private static let audience = "parley"

    /// - Parameters:
    ///   - database: for everything but what ``ConversationWriter`` writes.
    ///   - writer: for that, which waits behind nothing else.
    ///   - redis: `nil` to go without.
    init(
        _ configuration: Configuration, group: EventLoopGroup, database: Database, writer: Database, redis: Redis? = nil,
        registry: MetricsRegistry
    ) async throws {
        guard let keys = TokenKeyRing(active: configuration.secret, previous: configuration.previousSecrets) else {
            throw ConfigurationError(
                "PARLEY_PREVIOUS_SECRETS", "holds too many", remedy: "Keep the last \(TokenKeyRing.limit - 1) at most.")
        }
        let ids = UUIDv7Generator()
        let revocations = Revocations(tokenLifetime: configuration.accessLifetime)
        self.database = database
        self.writer = writer
        self.redis = redis
        self.registry = registry
        delivery = try await Delivery(group: group)
        limits = RateLimits(sizes: configuration.limits)
        proxies = TrustedProxies(blocks: configuration.trustedProxies)
        registry.gauge("parley_rate_limit_buckets", help: "Counters that rate limits remember.") { [limits] in Double(limits.bucketCount) }
        let verifier = TokenVerifier(
            keys: keys, issuer: Self.issuer, audience: Self.audience, longestLifetime: configuration.accessLifetime)
        accounts = AccountActions(
            database: database, hasher: PasswordHasher(),
            signer: TokenSigner(keys: keys, issuer: Self.issuer, audience: Self.audience, lifetime: configuration.accessLifetime),
            verifier: verifier, successorKey: RefreshToken.SuccessorKey(configuration.secret), ids: ids, revocations: revocations,
            delivery: delivery,
            limits: limits, refreshLifetime: configuration.refreshLifetime)
        let hostKeys = try await configuration.hostKeys(group: group, registry: registry)
        authentication = Authentication(
            verifier: verifier,
            hostTokens: hostKeys.map { [accounts] in
                HostTokens(keys: $0, verifier: configuration.hostTokenVerifier, accounts: accounts)
            },
            revocations: revocations, limits: limits, proxies: proxies)
        conversations = ConversationActions(database: database, ids: ids)
        profiles = ProfileDirectory(database: database)
        let hints = redis.map(Hints.init)
        let conversationWriter = ConversationWriter(
            group: group, database: writer, profiles: profiles, delivery: delivery, hints: hints, registry: registry)
        await hints?.listen(on: group.loops[0], for: conversationWriter)
        messages = MessageActions(writer: conversationWriter, longestContent: configuration.longestContent)
        receipts = ReceiptActions(writer: conversationWriter, database: database)
        sync = SyncActions(
            database: database, accounts: accounts, conversations: conversations, profiles: profiles, delivery: delivery,
            window: configuration.syncWindow)
        presence = await PresenceActions(
            group: group, database: database, delivery: delivery, redis: redis, settings: configuration.presence, registry: registry)
        let news = AccountNews(
            database: database, accounts: accounts, conversations: conversations, profiles: profiles, delivery: delivery,
            presence: presence)
        relations = RelationActions(database: database, presence: presence)
        provisioning = ProvisioningActions(database: database, accounts: accounts, relations: relations, profiles: profiles)
        apiKeys = APIKeys(keys: configuration.apiKeys, limits: limits, proxies: proxies)
        schema = SchemaWatch(try configuration.postgres(connections: 1), on: group.loops[0], migrations: configuration.migrationsFolder)
        var background: [any Service] = [
            schema,
            RevocationWatch(
                database: database, revocations: revocations, delivery: delivery, tokenLifetime: configuration.accessLifetime),
            ChangeWatch(database: database, writer: conversationWriter, news: news),
            TransactionWatch(database: database, registry: registry),
            ExpirySweeper(database: database, syncWindow: configuration.syncWindow),
            presence,
        ]
        if let hostKeys { background.append(hostKeys) }
        self.background = background
    }
}
