/// The machine-readable name of a refusal, the same over HTTP and over the socket, with the status that goes with it.
public struct ErrorCode: Hashable, Sendable {
    public let name: String
    public let status: HTTPStatus

    public init(_ name: String, _ status: HTTPStatus) {
        self.name = name
        self.status = status
    }
}

extension ErrorCode {
    public static let validation = ErrorCode("validation_error", 400)
    public static let tooLong = ErrorCode("too_long", 400)
    public static let unauthenticated = ErrorCode("unauthenticated", 401)
    public static let notAuthorized = ErrorCode("not_authorized", 403)
    public static let notFound = ErrorCode("not_found", 404)
    public static let timeout = ErrorCode("timeout", 408)
    public static let conflict = ErrorCode("conflict", 409)
    public static let payloadTooLarge = ErrorCode("payload_too_large", 413)
    public static let unsupportedMedia = ErrorCode("unsupported_media", 415)
    public static let rateLimited = ErrorCode("rate_limited", 429)
    public static let `internal` = ErrorCode("internal", 500)
    public static let unavailable = ErrorCode("unavailable", 503)

    // What only the protocol itself refuses.
    public static let methodNotAllowed = ErrorCode("method_not_allowed", 405)
    public static let targetTooLong = ErrorCode("too_long", 414)
    public static let expectationFailed = ErrorCode("validation_error", 417)
    public static let upgradeRequired = ErrorCode("upgrade_required", 426)
    public static let headTooLarge = ErrorCode("too_long", 431)
    public static let notImplemented = ErrorCode("not_implemented", 501)
    public static let versionNotSupported = ErrorCode("not_implemented", 505)
}
