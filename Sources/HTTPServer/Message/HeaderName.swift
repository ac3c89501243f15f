/// The header fields that Parley reads or writes. A field outside of this list is kept with the request and found by
/// its text: ``RequestHead/value(named:)``.
public enum HeaderName: UInt8, Sendable, CaseIterable {
    case accept, acceptEncoding, accessControlAllowHeaders, accessControlAllowMethods, accessControlAllowOrigin
    case accessControlExposeHeaders, accessControlMaxAge, accessControlRequestMethod, allow, authorization
    case cacheControl, connection, contentEncoding, contentLength, contentSecurityPolicy, contentType, cookie, eTag
    case expect, expires, host, idempotencyKey, ifNoneMatch, keepAlive, origin, referrerPolicy, retryAfter
    case secWebSocketAccept, secWebSocketExtensions, secWebSocketKey, secWebSocketProtocol, secWebSocketVersion
    case strictTransportSecurity, traceparent, tracestate, trailer, transferEncoding, upgrade, vary, wwwAuthenticate
    case xAPIKey, xForwardedFor, xFrameOptions, xRateLimitLimit, xRateLimitRemaining, xRateLimitReset, xRequestID

    /// The name as it is written. Names are compared without regard to case (RFC 9110 §5.1).
    public var text: StaticString {
        switch self {
        case .accept: "Accept"
        case .acceptEncoding: "Accept-Encoding"
        case .accessControlAllowHeaders: "Access-Control-Allow-Headers"
        case .accessControlAllowMethods: "Access-Control-Allow-Methods"
        case .accessControlAllowOrigin: "Access-Control-Allow-Origin"
        case .accessControlExposeHeaders: "Access-Control-Expose-Headers"
        case .accessControlMaxAge: "Access-Control-Max-Age"
        case .accessControlRequestMethod: "Access-Control-Request-Method"
        case .allow: "Allow"
        case .authorization: "Authorization"
        case .cacheControl: "Cache-Control"
        case .connection: "Connection"
        case .contentEncoding: "Content-Encoding"
        case .contentLength: "Content-Length"
        case .contentSecurityPolicy: "Content-Security-Policy"
        case .contentType: "Content-Type"
        case .cookie: "Cookie"
        case .eTag: "ETag"
        case .expect: "Expect"
        case .expires: "Expires"
        case .host: "Host"
        case .idempotencyKey: "Idempotency-Key"
        case .ifNoneMatch: "If-None-Match"
        case .keepAlive: "Keep-Alive"
        case .origin: "Origin"
        case .referrerPolicy: "Referrer-Policy"
        case .retryAfter: "Retry-After"
        case .secWebSocketAccept: "Sec-WebSocket-Accept"
        case .secWebSocketExtensions: "Sec-WebSocket-Extensions"
        case .secWebSocketKey: "Sec-WebSocket-Key"
        case .secWebSocketProtocol: "Sec-WebSocket-Protocol"
        case .secWebSocketVersion: "Sec-WebSocket-Version"
        case .strictTransportSecurity: "Strict-Transport-Security"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .trailer: "Trailer"
        case .transferEncoding: "Transfer-Encoding"
        case .upgrade: "Upgrade"
        case .vary: "Vary"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .xAPIKey: "X-API-Key"
        case .xForwardedFor: "X-Forwarded-For"
        case .xFrameOptions: "X-Frame-Options"
        case .xRateLimitLimit: "X-RateLimit-Limit"
        case .xRateLimitRemaining: "X-RateLimit-Remaining"
        case .xRateLimitReset: "X-RateLimit-Reset"
        case .xRequestID: "X-Request-ID"
        }
    }
}
