/// How a peer broke the rules of RFC 6455, or asked for more than is carried. The socket is closed with ``closeCode``.
public enum WebSocketFault: Error, Sendable, Hashable, CaseIterable {
    /// A client's frame without a mask (§5.1).
    case maskMissing
    /// A server's frame with one (§5.1).
    case maskUnexpected
    /// A reserved bit that no extension gave a meaning (§5.2).
    case reservedBit
    case reservedOpcode
    /// A length written in more bytes than it needs, or with the highest bit set (§5.2).
    case malformedLength
    /// A control frame with more than 125 bytes (§5.5).
    case controlTooLong
    case controlFragmented
    /// A continuation of nothing (§5.4).
    case continuationUnexpected
    /// A new message in the middle of another (§5.4).
    case continuationMissing
    /// A close frame with half a code, or a code that may not be sent (§7.4).
    case malformedClose
    case invalidUTF8
    case messageTooBig
    case tooManyFragments
    /// A compressed message that cannot be inflated (RFC 7692).
    case malformedCompression

    public var closeCode: WebSocketCloseCode {
        switch self {
        case .invalidUTF8: .invalidPayload
        case .messageTooBig, .tooManyFragments: .messageTooBig
        default: .protocolError
        }
    }
}
