/// What went wrong between us and Redis. It carries no text of the server about data: that may quote what people wrote.
public struct RedisError: Error, Sendable, Equatable {
    public enum Code: Sendable {
        /// Nothing was sent: Redis is away or silent, or too much is under way already. Go on without it.
        case unavailable
        /// No answer came within ``RedisConfiguration/commandDeadline``. Whether the command took effect is unknown.
        case timedOut
        /// The connection ended before the answer. Whether the command took effect is unknown.
        case connectionLost
        /// Redis answered with an error; ``RedisError/kind`` says which.
        case serverRejected
        /// The reply is not of the type that was asked for.
        case unexpectedReply
    }

    public let code: Code
    /// The first word of the error reply, such as `WRONGTYPE`, when Redis answered with one.
    public let kind: String?
    /// Why Redis cannot be reached: addresses and reasons, never data. For operators.
    public let explanation: String?

    public init(_ code: Code, kind: String? = nil, explanation: String? = nil) {
        self.code = code
        self.kind = kind
        self.explanation = explanation
    }

    /// Whether it is Redis that is missing, and not the command that is wrong.
    public var isUnavailability: Bool {
        switch code {
        case .unavailable, .timedOut, .connectionLost: true
        case .serverRejected: kind.map(Self.passingKinds.contains) ?? false
        case .unexpectedReply: false
        }
    }

    /// Errors of a server that starts, fails over, is full or is part of an incomplete cluster.
    private static let passingKinds: Set<String> = [
        "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "BUSY", "MISCONF",
    ]
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        var text = words
        if let kind { text += ": \(kind)" }
        if let explanation { text += ": \(explanation)" }
        return text
    }

    private var words: String {
        switch code {
        case .unavailable: "Redis cannot be used"
        case .timedOut: "Redis did not answer in time"
        case .connectionLost: "the connection to Redis was lost"
        case .serverRejected: "Redis refused"
        case .unexpectedReply: "Redis answered with a reply that was not expected"
        }
    }
}
