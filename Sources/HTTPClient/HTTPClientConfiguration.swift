package import Networking

/// What a client allows itself and others. Sizes are in bytes.
public struct HTTPClientConfiguration: Sendable {
    /// Where it may go.
    public var destinations: DestinationPolicy

    /// From the request to the last byte of its answer, name look-up and redirects included.
    public var deadline = Duration.seconds(30)
    /// From the request to a connection that stands, TLS included. Waiting for one to come free counts.
    public var connectDeadline = Duration.seconds(5)

    /// Of all head lines of one answer; libcurl itself takes 300 KiB at most.
    public var headLimit = 65_536
    public var bodyLimit = 1 << 20

    /// Redirects that a GET or HEAD follows, each checked as if it had been asked for. With 0 a redirect is the answer.
    public var redirectLimit = 0

    /// Connections that each loop has open at a time, and those of them to one host and port.
    public var connectionsPerLoop = 64
    public var connectionsPerHost = 8
    /// Connections that each loop keeps for later, and how long they may be idle to be used again.
    public var idleConnectionsPerLoop = 16
    public var idleLifetime = Duration.seconds(60)
    /// Requests under way on each loop; those for whom no connection is free wait.
    public var requestsPerLoop = 1024

    /// How long a name's addresses are used without asking anew.
    public var nameLifetime = Duration.seconds(30)

    public var userAgent = "parley"

    /// Path of a PEM file with the authorities to trust in place of the system's. Verification cannot be switched off.
    public var authority: String?

    /// Looks a name up; blocks. For tests, which play the resolver.
    package var resolve: @Sendable (String) throws(NetworkError) -> [SocketAddress] = { name throws(NetworkError) in
        try SocketAddress.resolve(host: name, port: 0)
    }

    public init(destinations: DestinationPolicy) { self.destinations = destinations }
}
