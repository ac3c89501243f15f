internal import Crypto
internal import HTTPServer
internal import JSON

/// `/ws`: the one socket of a device. What all sockets share.
final class SocketEndpoint: Sendable {
    let authentication: Authentication
    let messages: MessageActions
    let receipts: ReceiptActions
    let sync: SyncActions
    let presence: PresenceActions
    let delivery: Delivery
    let limits: RateLimits
    let metrics: SocketMetrics
    private let accounts: AccountActions
    private let origins: Origins
    private let configuration: WebSocketConfiguration

    /// The sub-protocol of this API.
    static let subprotocol = "parley.v1"

    init(
        authentication: Authentication, messages: MessageActions, receipts: ReceiptActions, sync: SyncActions,
        presence: PresenceActions, delivery: Delivery,
        limits: RateLimits, metrics: SocketMetrics, accounts: AccountActions, origins: Origins
    ) {
        self.authentication = authentication
        self.messages = messages
        self.receipts = receipts
        self.sync = sync
        self.presence = presence
        self.delivery = delivery
        self.limits = limits
        self.metrics = metrics
        self.accounts = accounts
        self.origins = origins
        configuration = WebSocketConfiguration(
            chooseSubprotocol: { offered in
                // A browser cannot set a header: it offers `bearer` and the token as sub-protocols, and wants one of them back.
                [Self.subprotocol, "bearer"].first(where: offered.contains)
            })
    }

    var routes: [Route<AnonymousContext>] {
        [
            Route(
                .get, "/ws",
                "Opens the socket. The token comes as a header, as the sub-protocols `bearer, <token>`, or in the first frame; or a ticket as `?ticket=`.",
                query: [QueryParameter.ticket.description], statuses: [101], errors: [.validation, .notAuthorized, .upgradeRequired],
                limit: .socketConnect, handler: open)
        ]
    }

    private func open(_ request: Request, _ context: AnonymousContext) async throws -> Response {
        if let origin = request.headers[.origin], !origins.allows(origin, host: request.head.host) {
            throw HTTPError(.notAuthorized, "This page may not open a socket here.")
        }
        let token = request.headers[.authorization].flatMap(Authentication.bearerToken) ?? Self.token(inSubprotocols: request.headers)
        let ticket = try request.query(.ticket)
        let credential = token.map(SocketSession.Credential.token) ?? ticket.map(SocketSession.Credential.ticket)
        return try .webSocket(request, configuration) { socket in SocketSession(socket, endpoint: self, credential: credential) }
    }

    private static func token(inSubprotocols headers: RequestHead) -> String? {
        let offered = headers.list(.secWebSocketProtocol)
        guard let bearer = offered.firstIndex(of: "bearer"), bearer + 1 < offered.count else { return nil }
        return offered[bearer + 1]
    }

    /// Whose a token is, and on which device; `nil` when its sign-in has ended.
    func guest(with bearer: Bearer) async throws -> (principal: Principal, privacy: Privacy)? {
        guard let owner = try await accounts.owner(of: bearer) else { return nil }
        let principal = Principal(profile: owner.profile, signIn: bearer.signIn, device: owner.device, expires: bearer.expires)
        return (principal, owner.privacy)
    }

    /// Whose a ticket is, which is spent by asking; `nil` for one that is not good.
    func guest(withTicket ticket: String) async throws -> (principal: Principal, privacy: Privacy)? {
        guard let (owner, signIn, until) = try await accounts.take(ticket: ticket) else { return nil }
        return (Principal(profile: owner.profile, signIn: signIn, device: owner.device, expires: until), owner.privacy)
    }

    /// `session_revoked`: the sign-in has ended, and the socket with it.
    static let revoked = SocketFrame.event(.sessionRevoked) { json in
        json.beginObject()
        json.endObject()
    }

    // MARK: Frames about the socket itself

    /// `ready`: who the client is here, and every limit that it meets.
    func ready(_ principal: Principal, command: JSONFragment? = nil) -> [UInt8] {
        SocketFrame.answer(.ready, to: command) { json in
            json.beginObject()
            json.field("user", principal.profile)
            json.field("device_id", principal.device)
            json.field("expires_at", principal.expires)
            json.field("server_time", Timestamp.now)
            json.field("heartbeat_ms", configuration.timing.ping.milliseconds)
            json.key("limits")
            json.beginObject()
            json.field("message_bytes", configuration.limits.message)
            json.field("content_chars", messages.longestContent)
            json.field("unread_bytes", configuration.limits.unsent)
            json.field("presence_users", presence.settings.watched)
            json.field("typing_interval_ms", presence.settings.typingInterval.milliseconds)
            json.field("typing_timeout_ms", presence.settings.typingLifetime.milliseconds)
            limits.encodeSocketLimits(into: &json)
            json.endObject()
            json.endObject()
        }
    }

    /// What ``ready(_:command:)`` tells.
    static var readySchema: JSONSchema {
        .object([
            .required("user", Profile.schema), .required("device_id", Device.ID.schema),
            .required("expires_at", Timestamp.schema, "When the access token expires; send `auth` with a newer one before."),
            .required("server_time", Timestamp.schema),
            .required("heartbeat_ms", .integer(from: 1, example: 30_000), "The server pings a socket that was silent for so long."),
            .required(
                "limits",
                .object(
                    [
                        .required("message_bytes", .integer(from: 1, example: 65_536), "Of one frame."),
                        .required("content_chars", .integer(from: 1, example: 4096), "Unicode scalars of a message."),
                        .required("unread_bytes", .integer(from: 1, example: 1 << 20), "How far a reader may fall behind."),
                        .required("presence_users", .integer(from: 1, example: 100), "People whom one socket may watch."),
                        .required(
                            "typing_interval_ms", .integer(from: 1, example: 1000), "Between two notices of typing; more are dropped."),
                        .required("typing_timeout_ms", .integer(from: 1, example: 6000), "After which typing ends by itself."),
                    ] + RateLimits.socketMembers)),
        ]).named("Ready")
    }

    /// `reconnect`: the server is about to restart. Clients come back after different times, so that they do not come all at once.
    func reconnect() -> [UInt8] {
        SocketFrame.event(.reconnect) { json in
            json.beginObject()
            json.field("after_ms", Int.random(in: 100...3000))
            json.endObject()
        }
    }
}

extension QueryParameter<String> {
    fileprivate static var ticket: Self {
        Self("ticket", "What `POST /ws/ticket` gave, instead of a token.", .string(example: "b25lIHNvY2tldCwgb25jZSwgd2l0aGluIHNlY29uZHM"))
        { $0 }
    }
}
