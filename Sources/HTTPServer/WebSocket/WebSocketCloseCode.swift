/// Why a WebSocket was closed (RFC 6455 §7.4).
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public init(integerLiteral value: UInt16) { rawValue = value }

    /// The purpose of the connection is fulfilled.
    public static let normal: Self = 1000
    /// A page that is left, or a server that stops.
    public static let goingAway: Self = 1001
    public static let protocolError: Self = 1002
    /// A kind of message that is not taken here, such as binary.
    public static let unsupportedData: Self = 1003
    /// Never sent: the peer's close frame carried no code.
    public static let noStatus: Self = 1005
    /// Never sent: the connection ended without a close frame.
    public static let abnormal: Self = 1006
    /// A text that is not UTF-8.
    public static let invalidPayload: Self = 1007
    public static let policyViolation: Self = 1008
    public static let messageTooBig: Self = 1009
    /// The server restarts; connect again. Source: IANA WebSocket Close Code Number Registry.
    public static let serviceRestart: Self = 1012
    /// The server is overloaded; try again later. Source: the same registry.
    public static let tryAgainLater: Self = 1013
    /// The peer reads too slowly. Ours, unless configuration says otherwise.
    public static let tooSlow: Self = 4010

    /// Whether the code may stand in a close frame (RFC 6455 §7.4.1 and §7.4.2, and the registry).
    public var mayBeSent: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
