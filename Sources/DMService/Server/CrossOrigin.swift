internal import HTTPServer

/// Lets pages of allowed origins read what the API answers (CORS). Source: the Fetch standard, §3.2.
///
/// A browser asks beforehand (`OPTIONS`, answered by the router) and looks at the answer itself, refusals included: so this
/// stands behind everything that answers. Tokens travel in `Authorization`, never in cookies: nothing here allows credentials,
/// and so `*` is as good as a list for whoever wants it.
struct CrossOrigin: Sendable {
    let origins: Origins
    /// What the paths of the API begin with.
    let prefix: String

    /// Seconds that a browser may remember what it was allowed.
    private static let maximumAge = 600
    /// Fields that our API reads, beyond those that every page may send.
    private static let requestHeaders: HeaderValue = "Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent, tracestate"
    /// Fields of our answers that a page may read, beyond those that it always may.
    private static let responseHeaders: HeaderValue =
        "Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-ID"

    /// Adds to an answer what a browser wants to know. Does nothing for requests that name no origin.
    func complete(_ head: RequestHead, _ response: inout Response) {
        guard head.contains(.origin), head.path.hasPrefix(prefix), let origin = head[.origin] else { return }
        guard !origins.allowsAll else { return allow("*", head, &response) }
        response.headers.append(HeaderField(.vary, "Origin"))  // a cache must not give one origin's answer to another
        guard origins.allows(origin, host: head.host), let origin = HeaderValue(origin) else { return }
        allow(origin, head, &response)
    }

    private func allow(_ origin: HeaderValue, _ head: RequestHead, _ response: inout Response) {
        response.headers.append(HeaderField(.accessControlAllowOrigin, origin))
        guard head.method == .options, head.contains(.accessControlRequestMethod) else {
            response.headers.append(HeaderField(.accessControlExposeHeaders, Self.responseHeaders))
            return
        }
        guard let methods = response.headers.first(where: { $0.name == .allow })?.value else { return }  // there is no such path
        response.headers += [
            HeaderField(.accessControlAllowMethods, methods), HeaderField(.accessControlAllowHeaders, Self.requestHeaders),
            HeaderField(.accessControlMaxAge, HeaderValue(Self.maximumAge)),
        ]
    }
}
