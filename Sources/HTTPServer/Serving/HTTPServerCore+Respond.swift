internal import Observability

extension Logger.Key {
    static let requestID: Self = "request_id"
    static let traceID: Self = "trace_id"
    static let method: Self = "method"
    static let route: Self = "route"
    static let status: Self = "status"
    static let elapsed: Self = "elapsed_ms"
    static let errorType: Self = "error_type"
}

extension HTTPServerCore {
    /// Runs the handler, and makes an answer of whatever it throws: the one place where errors become responses.
    func respond(to request: Request) async -> Response {
        await Logger.$current.withValue(logger.with(request.facts)) {
            do {
                return try await request.endpoint.respond(request)
            } catch let refusal as any HTTPRefusal {
                return refusal.httpError.response(requestID: request.id)
            } catch {
                return answer(toFailure: error).response(requestID: request.id)
            }
        }
    }

    private func answer(toFailure error: any Error) -> HTTPError {
        if let answer = configuration.answerForFailure(error) {
            Logger.current.info("a request failed", [.errorType: "\(type(of: error))", .status: "\(answer.code.status.code)"])
            return answer
        }
        Logger.current.info("a request failed unexpectedly", [.errorType: "\(type(of: error))"])
        return HTTPError(.internal, "Something went wrong on our side. The request_id helps us to find it.")
    }

    /// The line of the access log, and the metrics. Paths and queries may hold what is nobody's business: the route's
    /// pattern stands for them.
    func answered(_ exchange: Exchange, _ status: HTTPStatus) {
        let elapsed = ContinuousClock.now - exchange.began
        metrics.answered(exchange.endpoint?.index, status: status, after: elapsed)
        logger.info(
            "request answered",
            [
                .requestID: exchange.requestID, .method: exchange.head?.method?.rawValue ?? "?",
                .route: exchange.endpoint?.declaration.pattern.description ?? "none", .status: "\(status.code)",
                .elapsed: elapsed.millisecondsText,
            ])
    }
}

extension Request {
    /// What every line of its log tells.
    fileprivate var facts: [Logger.Key: String] {
        var facts: [Logger.Key: String] = [.requestID: id]
        if head.contains(.traceparent) { facts[.traceID] = trace.traceIDText }
        return facts
    }
}

extension Duration {
    /// Milliseconds with three digits behind the point.
    fileprivate var millisecondsText: String {
        let (seconds, attoseconds) = components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }
}
