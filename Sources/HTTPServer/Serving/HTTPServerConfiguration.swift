public import Networking

/// Everything about a server that is a choice.
public struct HTTPServerConfiguration: Sendable {
    public struct Timing: Sendable {
        /// From the opening of a connection, or the first byte of a later request, to the end of the head. In total:
        /// a byte now and then does not help. Source: RELIABILITY §3.14.
        public var head = Duration.seconds(10)
        /// How long a connection may rest between two requests.
        public var keepAlive = Duration.seconds(75)
        /// How long a body may lag behind ``bodyRate``.
        public var bodyGrace = Duration.seconds(10)
        /// The slowest body that is waited for, in bytes a second.
        public var bodyRate = 1_024
        /// How long a reader may take nothing of an answer.
        public var writeStall = Duration.seconds(30)
        /// How long what is under way may take when the server stops; then it is cut.
        public var drain = Duration.seconds(10)
        /// How often a quarter of the connections is looked at: deadlines are kept to four times this.
        public var check = Duration.milliseconds(250)

        public init() {}
    }

    public var host: String
    /// 0 for any that is free.
    public var port: UInt16
    public var tls: TLSContext?
    public var limits = ParserLimits()
    public var timing = Timing()
    /// Connections of the whole process; one more is answered 503 and closed.
    public var maximumConnections = 100_000
    /// Fields that every answer carries.
    public var standardHeaders: [HeaderField] = []
    /// Has the last word on every answer, refusals of the server itself included.
    public var completeAnswer: (@Sendable (RequestHead, inout Response) -> Void)?
    /// Says what a failure underneath is answered with, such as 503 for a lost database. `nil`: 500 `internal`.
    public var answerForFailure: @Sendable (any Error) -> HTTPError? = { _ in nil }

    public init(host: String = "127.0.0.1", port: UInt16, tls: TLSContext? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }
}
