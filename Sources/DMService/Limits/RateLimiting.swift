internal import HTTPServer
internal import JSON
internal import Networking

/// Puts the limit that a route names in front of its handler, and tells the caller how much is left.
struct RateLimiting: Sendable {
    let limits: RateLimits
    let proxies: TrustedProxies

    /// For routes that anybody may call: by address.
    func byAddress(_ request: Request, _ context: AnonymousContext, _ next: Handler<AnonymousContext>) async throws -> Response {
        try await limit(request, .address(of: request, behind: proxies)) { try await next(request, context) }
    }

    /// For routes of members: by member, from wherever they call.
    func byMember(_ request: Request, _ context: MemberContext, _ next: Handler<MemberContext>) async throws -> Response {
        try await limit(request, .member(context.member)) { try await next(request, context) }
    }

    /// For routes of the host app's servers: by the key that they bring.
    func byKey(_ request: Request, _ context: HostContext, _ next: Handler<HostContext>) async throws -> Response {
        try await limit(request, .key(context.key)) { try await next(request, context) }
    }

    private func limit(_ request: Request, _ subject: RateLimits.Subject, _ next: () async throws -> Response) async throws -> Response {
        guard let name = request.route.limit, let verdict = limits.take(name, for: subject) else { return try await next() }
        if verdict.wait != nil { throw HTTPError.rateLimited(verdict) }
        do {
            var response = try await next()
            response.headers += verdict.headers
            return response
        } catch let refusal as any HTTPRefusal {
            var error = refusal.httpError
            // A limit that the handler met itself is the one to tell of.
            if error.code != .rateLimited { error.headers += verdict.headers }
            throw error
        }
    }
}

extension RateLimits.Subject {
    /// An IPv4 address, or the /64 of an IPv6 address: that much of the net belongs to one customer. Source: RELIABILITY §3.3.
    static func address(of request: Request, behind proxies: TrustedProxies) -> Self {
        .network(proxies.caller(of: request).network)
    }
}

extension HTTPError {
    /// As the socket says it.
    static let rateLimited = HTTPError(.rateLimited, "Wait a moment before you try again.")

    static func rateLimited(_ verdict: RateLimits.Verdict) -> HTTPError {
        let seconds = max(1, ((verdict.wait ?? .zero).milliseconds + 999) / 1000)
        return HTTPError(
            .rateLimited, "Wait \(seconds) s before you try again.",
            details: [("retry_after_ms", .integer((verdict.wait ?? .zero).milliseconds))],
            headers: verdict.headers + [HeaderField(.retryAfter, HeaderValue(seconds))])
    }
}

extension RateLimits.Verdict {
    /// `X-RateLimit-*`. Source: seed row B-021; the reset is in seconds since 1970.
    var headers: [HeaderField] {
        let reset = Timestamp.now.milliseconds / 1000 + Int64(secondsUntilFull)
        return [
            HeaderField(.xRateLimitLimit, HeaderValue(Int(size.burst))),
            HeaderField(.xRateLimitRemaining, HeaderValue(remaining)),
            HeaderField(.xRateLimitReset, HeaderValue(reset)),
        ]
    }
}
