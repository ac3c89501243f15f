internal import HTTPServer
internal import JSON
internal import Observability
internal import Postgres

/// Every route of the service, and what stands in front of it.
struct Surface: Sendable {
    static let api = "/api/v1"

    let router: Router

    init(_ services: Services, _ configuration: Configuration, demo: [DemoPerson]) throws {
        let limiting = RateLimiting(limits: services.limits, proxies: services.proxies)
        let authentication = services.authentication
        var router = Router()

        router.mount(
            HealthRoutes(
                database: services.database, writer: services.writer, redis: services.redis, schema: services.schema,
                revocations: authentication.revocations,
                registry: services.registry, metricsToken: configuration.metricsToken
            ).routes)
        router.mount(
            AccountRoutes(actions: services.accounts, authentication: authentication).routes, under: Self.api, through: [limiting.byAddress]
        )
        router.mount(
            PersonRoutes(accounts: services.accounts, profiles: services.profiles, database: services.database).routes
                + DeviceRoutes(accounts: services.accounts).routes
                + PrivacyRoutes(database: services.database, accounts: services.accounts, presence: services.presence).routes
                + RelationRoutes(actions: services.relations).routes
                + ConversationRoutes(actions: services.conversations).routes
                + MessageRoutes(actions: services.messages, profiles: services.profiles, database: services.database).routes
                + ReceiptRoutes(actions: services.receipts).routes
                + SyncRoutes(actions: services.sync).routes
                + PresenceRoutes(actions: services.presence).routes,
            under: Self.api, through: [limiting.byMember], admitting: authentication.member(of:))

        router.mount(
            ProvisioningRoutes(actions: services.provisioning).routes, under: Self.api, through: [limiting.byKey],
            admitting: services.apiKeys.context(of:))

        let origins = Origins(allowed: configuration.allowedOrigins)
        let sockets = SocketEndpoint(
            authentication: authentication, messages: services.messages, receipts: services.receipts, sync: services.sync,
            presence: services.presence,
            delivery: services.delivery, limits: services.limits, metrics: SocketMetrics(services.registry), accounts: services.accounts,
            origins: origins)
        router.mount(sockets.routes, through: [limiting.byAddress])

        if configuration.echoes { router.mount([.echo(compresses: true)]) }
        if configuration.showsDemoPeople { router.mount(DemoRoutes(people: demo).routes, under: Self.api) }
        if let folder = configuration.webFolder { router.mount(try StaticFiles(folder: folder).routes(headers: Self.pageHeaders)) }
        self.router = router
    }

    /// The pages run their own scripts and talk to this service, and nothing else.
    private static let pageHeaders = [
        HeaderField(
            .contentSecurityPolicy,
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
        HeaderField(.referrerPolicy, "no-referrer"),
        HeaderField(.xFrameOptions, "DENY"),
    ]

    /// What failures underneath are answered with, and where they are logged. Whatever is not named here is 500 `internal`.
    static func answer(forFailure error: any Error) -> HTTPError? {
        guard let error = error as? PostgresError else {
            Logger.current.error("a request failed unexpectedly", [.code: "\(type(of: error))"])
            return nil
        }
        let facts: [Logger.Key: String] = [
            .code: "\(error.code)", .sqlState: error.sqlState ?? "none", .statement: error.statement ?? "none",
        ]
        guard error.isUnavailability else {
            Logger.current.error("a request failed unexpectedly", facts)
            return nil
        }
        Logger.current.warning("a request failed for want of the database", facts)
        return .unavailable
    }
}

extension HTTPError {
    /// A command on a socket went wrong, and why stands in the log.
    static let failure = HTTPError(.internal, "Something went wrong on our side.")

    /// Something that the service needs is not there, and will be back.
    static let unavailable = HTTPError(.unavailable, "Try again in a moment.", headers: [HeaderField(.retryAfter, "1")])
}
