/// How the sockets of one endpoint behave. All sockets share the one object.
public final class WebSocketConfiguration: Sendable {
    public struct Limits: Sendable {
        /// Bytes of one message, after decompression. More: 1009. Source: SPEC §1.
        public var message = 65_536
        /// Frames that one message may be cut into. More: 1009. Source: RELIABILITY §3.13.
        public var fragments = 1_024
        /// Bytes that a slow reader may leave unread before it is let go with ``tooSlow``. Source: SPEC §5.
        public var unsent = 1_048_576
        /// Pings in one second. More: 1008. Source: RELIABILITY §3.13.
        public var pingsPerSecond = 10
        /// How many times larger than its compressed form a message may be, once it is larger than 64 KiB. More: 1009.
        public var inflation = 10

        public init() {}
    }

    public struct Timing: Sendable {
        /// A socket that is silent so long is pinged. Source: SPEC §5.
        public var ping = Duration.seconds(30)
        /// A socket that is silent so long is dead, and is dropped. Source: SPEC §5.
        public var silence = Duration.seconds(60)
        /// How long answers may still take once the server stops; then the socket is closed with 1012. Source: RELIABILITY F10.
        public var restart = Duration.seconds(5)
        /// How long the peer may take to answer a close frame.
        public var closing = Duration.seconds(5)

        public init() {}
    }

    public let limits: Limits
    public let timing: Timing
    /// What a reader that falls behind ``Limits/unsent`` is told.
    public let tooSlow: WebSocketCloseCode
    /// Whether permessage-deflate is offered back to clients that ask for it (RFC 7692).
    public let compresses: Bool
    /// Chooses among the sub-protocols that the client offers; `nil` for none of them.
    public let chooseSubprotocol: @Sendable ([String]) -> String?

    public init(
        limits: Limits = Limits(), timing: Timing = Timing(), tooSlow: WebSocketCloseCode = .tooSlow, compresses: Bool = false,
        chooseSubprotocol: @escaping @Sendable ([String]) -> String? = { _ in nil }
    ) {
        self.limits = limits
        self.timing = timing
        self.tooSlow = tooSlow
        self.compresses = compresses
        self.chooseSubprotocol = chooseSubprotocol
    }
}
