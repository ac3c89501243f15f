/// Why there is no answer. An answer that says no is an answer: its status tells.
public struct HTTPClientError: Error, Sendable, Equatable {
    public enum Code: Sendable, Hashable {
        /// No absolute URL that this client can ask, or a header that cannot be sent.
        case invalidRequest
        /// The client's ``DestinationPolicy`` forbids the scheme, the port or the address.
        case destinationRefused
        /// The host's name means nothing.
        case unresolvable
        /// Nobody answers at its addresses.
        case unreachable
        /// No TLS of version 1.2 or newer came about, or the certificate is not to be trusted.
        case tls
        /// The request's or the connection's time was over.
        case timedOut
        /// More bytes of head than the configuration allows.
        case headTooLarge
        /// More bytes of body than the configuration allows.
        case bodyTooLarge
        /// The answer ended early, or is no HTTP. What became of the request is unknown.
        case connectionLost
        /// More redirects than the configuration allows, or one that leads from `https` to `http`.
        case redirectRefused
        /// As many requests are under way as the configuration allows. Nothing was sent.
        case overloaded
        case cancelled
        /// The client has been closed.
        case closed
    }

    public let code: Code
    /// What went wrong, in the library's words: names and addresses of hosts. For operators.
    public let explanation: String

    public init(_ code: Code, explanation: String = "") {
        self.code = code
        self.explanation = explanation
    }
}

extension HTTPClientError: CustomStringConvertible {
    public var description: String { explanation.isEmpty ? "\(code)" : "\(code): \(explanation)" }
}
