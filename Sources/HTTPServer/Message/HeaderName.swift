/// The header fields that Parley reads or writes. A field outside of this list is kept with the request and found by
/// its text: ``RequestHead/value(named:)``.
public enum HeaderName: UInt8, Sendable, CaseIterable {
    case accept, acceptEncoding, acceptLanguage, accessControlAllowCredentials, accessControlAllowHeaders
    case accessControlAllowMethods, accessControlAllowOrigin, accessControlExposeHeaders, accessControlMaxAge
    case accessControlRequestHeaders, accessControlRequestMethod, allow, authorization, cacheControl, connection
    case contentDisposition, contentEncoding, contentLength, contentSecurityPolicy, contentType, cookie, date, eTag
    case expect, expires, forwarded, host, idempotencyKey, ifMatch, ifModifiedSince, ifNoneMatch, keepAlive
    case lastModified, link, location, origin, pragma, range, referer, referrerPolicy, retryAfter
    case secWebSocketAccept, secWebSocketExtensions, secWebSocketKey, secWebSocketProtocol, secWebSocketVersion
    case setCookie, strictTransportSecurity, te, traceparent, tracestate, trailer, transferEncoding, upgrade, userAgent
    case vary, wwwAuthenticate, xAPIKey, xContentTypeOptions, xForwardedFor, xForwardedHost, xForwardedProto
    case xFrameOptions, xRateLimitLimit, xRateLimitRemaining, xRateLimitReset, xRealIP, xRequestID

    /// The name as it is written. Names are compared without regard to case (RFC 9110 §5.1).
    public var text: StaticString {
        switch self {
        case .accept: "Accept"
        case .acceptEncoding: "Accept-Encoding"
        case .acceptLanguage: "Accept-Language"
        case .accessControlAllowCredentials: "Access-Control-Allow-Credentials"
        case .accessControlAllowHeaders: "Access-Control-Allow-Headers"
        case .accessControlAllowMethods: "Access-Control-Allow-Methods"
        case .accessControlAllowOrigin: "Access-Control-Allow-Origin"
        case .accessControlExposeHeaders: "Access-Control-Expose-Headers"
        case .accessControlMaxAge: "Access-Control-Max-Age"
        case .accessControlRequestHeaders: "Access-Control-Request-Headers"
        case .accessControlRequestMethod: "Access-Control-Request-Method"
        case .allow: "Allow"
        case .authorization: "Authorization"
        case .cacheControl: "Cache-Control"
        case .connection: "Connection"
        case .contentDisposition: "Content-Disposition"
        case .contentEncoding: "Content-Encoding"
        case .contentLength: "Content-Length"
        case .contentSecurityPolicy: "Content-Security-Policy"
        case .contentType: "Content-Type"
        case .cookie: "Cookie"
        case .date: "Date"
        case .eTag: "ETag"
        case .expect: "Expect"
        case .expires: "Expires"
        case .forwarded: "Forwarded"
        case .host: "Host"
        case .idempotencyKey: "Idempotency-Key"
        case .ifMatch: "If-Match"
        case .ifModifiedSince: "If-Modified-Since"
        case .ifNoneMatch: "If-None-Match"
        case .keepAlive: "Keep-Alive"
        case .lastModified: "Last-Modified"
        case .link: "Link"
        case .location: "Location"
        case .origin: "Origin"
        case .pragma: "Pragma"
        case .range: "Range"
        case .referer: "Referer"
        case .referrerPolicy: "Referrer-Policy"
        case .retryAfter: "Retry-After"
        case .secWebSocketAccept: "Sec-WebSocket-Accept"
        case .secWebSocketExtensions: "Sec-WebSocket-Extensions"
        case .secWebSocketKey: "Sec-WebSocket-Key"
        case .secWebSocketProtocol: "Sec-WebSocket-Protocol"
        case .secWebSocketVersion: "Sec-WebSocket-Version"
        case .setCookie: "Set-Cookie"
        case .strictTransportSecurity: "Strict-Transport-Security"
        case .te: "TE"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .trailer: "Trailer"
        case .transferEncoding: "Transfer-Encoding"
        case .upgrade: "Upgrade"
        case .userAgent: "User-Agent"
        case .vary: "Vary"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .xAPIKey: "X-API-Key"
        case .xContentTypeOptions: "X-Content-Type-Options"
        case .xForwardedFor: "X-Forwarded-For"
        case .xForwardedHost: "X-Forwarded-Host"
        case .xForwardedProto: "X-Forwarded-Proto"
        case .xFrameOptions: "X-Frame-Options"
        case .xRateLimitLimit: "X-RateLimit-Limit"
        case .xRateLimitRemaining: "X-RateLimit-Remaining"
        case .xRateLimitReset: "X-RateLimit-Reset"
        case .xRealIP: "X-Real-IP"
        case .xRequestID: "X-Request-ID"
        }
    }
}
