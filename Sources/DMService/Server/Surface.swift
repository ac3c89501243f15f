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
        let repetitions = Repetitions(database: services.database)
        var router = Router()

        func members(_ group: RouteGroup, _ routes: [Route<MemberContext>]) {
            router.mount(
                routes, in: group, under: Self.api, through: [limiting.byMember, repetitions.once],
                admitting: authentication.member(of:))
        }

        router.mount(
            AccountRoutes(actions: services.accounts, authentication: authentication).routes, in: .accounts, under: Self.api,
            through: [limiting.byAddress])
        members(.devices, DeviceRoutes(accounts: services.accounts).routes)
        members(.people, PersonRoutes(accounts: services.accounts, profiles: services.profiles, database: services.database).routes)
        members(.people, PrivacyRoutes(database: services.database, accounts: services.accounts, presence: services.presence).routes)
        members(.people, RelationRoutes(actions: services.relations).routes)
        members(.people, PresenceRoutes(actions: services.presence).routes)
        members(.conversations, ConversationRoutes(actions: services.conversations).routes)
        members(.messages, MessageRoutes(actions: services.messages, profiles: services.profiles, database: services.database).routes)
        members(.receipts, ReceiptRoutes(actions: services.receipts).routes)
        members(.sync, SyncRoutes(actions: services.sync).routes)

        router.mount(
            ProvisioningRoutes(actions: services.provisioning).routes, in: .provisioning, under: Self.api, through: [limiting.byKey],
            admitting: services.apiKeys.context(of:))

        let origins = Origins(allowed: configuration.allowedOrigins)
        let sockets = SocketEndpoint(
            authentication: authentication, messages: services.messages, receipts: services.receipts, sync: services.sync,
            presence: services.presence,
            delivery: services.delivery, limits: services.limits, metrics: SocketMetrics(services.registry), accounts: services.accounts,
            origins: origins)
        router.mount(sockets.routes, in: .socket, through: [limiting.byAddress])

        router.mount(
            HealthRoutes(
                database: services.database, writer: services.writer, redis: services.redis, schema: services.schema,
                revocations: authentication.revocations,
                registry: services.registry, metricsToken: configuration.metricsToken
            ).routes, in: .health)
        router.mount(
            DescriptionRoutes(describing: router, in: .documents, under: Self.api, limits: services.limits).routes, in: .documents,
            under: Self.api)

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

/// The parts of the API, as its description is divided.
extension RouteGroup {
    static let accounts = RouteGroup("Accounts", "From nobody to somebody, and back.")
    static let devices = RouteGroup("Devices", "Where one is signed in, and the end of that.")
    static let people = RouteGroup("People", "Oneself, others, and what one lets them see.")
    static let conversations = RouteGroup("Conversations", "Who talks with whom, the latest first.")
    static let messages = RouteGroup("Messages", "What is said, and what was said before.")
    static let receipts = RouteGroup("Receipts", "What has been delivered and read, and how much has not.")
    static let sync = RouteGroup("Catching up", "What a device missed, in one call.")
    static let provisioning = RouteGroup("Provisioning", "For the host app's own servers: its people, and who follows and blocks whom.")
    static let socket = RouteGroup("Socket", "One WebSocket per device; its commands and frames are told of below.")
    static let health = RouteGroup("Health", "For operators and balancers.")
    static let documents = RouteGroup("Documents", "What this page is made of.")
}
