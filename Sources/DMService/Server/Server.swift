internal import Crypto
internal import HTTPServer
internal import Networking
internal import Observability
internal import Postgres
internal import Redis
internal import Runtime

/// `parley serve`: the whole service in one process.
public struct Server: Sendable {
    private let configuration: Configuration
    private let demo: [DemoPerson]

    /// - Parameter demo: people whom the page offers at a click, where configuration allows it.
    public init(_ configuration: Configuration, demo: [DemoPerson] = []) {
        self.configuration = configuration
        self.demo = demo
    }

    /// Serves until the process is asked to stop, then finishes what is under way.
    ///
    /// - Throws: ``ConfigurationError``, or what made it impossible to start or to go on.
    public func run() async throws {
        ProcessSignals.ignoreBrokenPipes()
        // In development a core dump, or a debugger, is what one wants.
        if configuration.stage == .production, !ProcessMemory.conceal() {
            Logger.current.warning("core dumps could not be forbidden: one would hold the server's secrets")
        }
        let registry = MetricsRegistry.shared
        let group = EventLoopGroup(count: SocketDirectory.loopCount(wanted: configuration.loops, cores: EventLoopGroup.coreCount))
        let descriptors = DescriptorLimit.raise()
        let database = await Database(
            try configuration.postgres(connections: configuration.databaseConnections), on: group, metrics: registry)
        let writer = await Database(
            try configuration.postgres(connections: 1), on: group, loops: ConversationWriter.queueCount(loops: group.loops.count),
            metrics: registry)
        let redis = try await redis(on: group, registry)
        let services = try await Services(
            configuration, group: group, database: database, writer: writer, redis: redis, registry: registry)
        let surface = try Surface(services, configuration, demo: demo)
        var serving = try serving()
        serving.maximumConnections = min(
            serving.maximumConnections,
            Self.connectionLimit(
                descriptors: descriptors, loops: group.loops.count, databaseConnections: configuration.databaseConnections + 1))
        let server = HTTPServer(router: surface.router, configuration: serving, group: group, metrics: registry)
        Logger.current.info(
            "parley is starting", ["port": "\(configuration.port)", "loops": "\(group.loops.count)", "descriptors": "\(descriptors)"])
        try await ServiceGroup(
            services.background + [server, LongPolls(delivery: services.delivery)], drainLimit: configuration.drainLimit + Self.cutting
        ).run(
            until: ProcessSignals.stopRequested)
        await redis?.close()
        await writer.close()
        await database.close()
        Logger.current.info("parley has stopped")
        group.shutdown()
    }

    /// How long the server may take to cut what was not finished within the drain limit; else the pools would close under it.
    private static let cutting = Duration.seconds(2)

    /// Clients for whom there are descriptors, so that one too many is told to come back, rather than not accepted.
    ///
    /// - Parameter descriptors: that the process may have open. Each loop needs some for itself and its database connections,
    ///   and there are files, and those who are being turned away.
    static func connectionLimit(descriptors: Int, loops: Int, databaseConnections: Int) -> Int {
        let (forEachLoop, spare) = (8 + databaseConnections, 128)
        return max(loops, descriptors - loops * forEachLoop - spare)
    }

    private func redis(on group: EventLoopGroup, _ registry: MetricsRegistry) async throws(ConfigurationError) -> Redis? {
        guard let settings = configuration.redis else { return nil }
        do {
            return try await Redis(settings, on: group, metrics: registry)
        } catch {
            throw ConfigurationError(
                "REDIS_URL", "cannot be used: \(error)", remedy: "Name readable certificates of who signed the server's.")
        }
    }

    private func serving() throws(ConfigurationError) -> HTTPServerConfiguration {
        var serving = HTTPServerConfiguration(host: configuration.host, port: configuration.port)
        serving.timing.drain = configuration.drainLimit
        serving.answerForFailure = Surface.answer(forFailure:)
        serving.completeAnswer = CrossOrigin(origins: Origins(allowed: configuration.allowedOrigins), prefix: Surface.api + "/").complete
        guard let tls = configuration.tls else { return serving }
        do {
            serving.tls = try TLSContext.server(certificateChain: tls.certificateChain, privateKey: tls.privateKey)
        } catch {
            throw ConfigurationError(
                "PARLEY_TLS_CERTIFICATE", "cannot be used with its key: \(error.reason)", remedy: "Name a matching pair of PEM files.")
        }
        serving.standardHeaders.append(HeaderField(.strictTransportSecurity, "max-age=31536000"))
        return serving
    }
}
