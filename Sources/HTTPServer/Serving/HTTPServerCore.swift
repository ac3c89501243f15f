internal import Observability

/// What all loops of a server share.
final class HTTPServerCore: Sendable {
    let router: Router
    let configuration: HTTPServerConfiguration
    let metrics: HTTPMetrics
    let logger: Logger
    let loopCount: Int

    init(router: Router, configuration: HTTPServerConfiguration, metrics: HTTPMetrics, logger: Logger, loopCount: Int) {
        self.router = router
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
        self.loopCount = loopCount
    }
}
