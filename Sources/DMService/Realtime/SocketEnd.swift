internal import HTTPServer

/// Why the service closes a socket. Source of the codes: SPEC §1.
enum SocketEnd: CaseIterable, Sendable {
    case unauthenticated
    case revoked
    case badFrame
    case tooFast
    case tokenExpired
    /// The same device has a newer socket, or the member signed in on it again.
    case replaced
    case unavailable

    var code: WebSocketCloseCode {
        switch self {
        case .unauthenticated, .revoked: 4001
        case .badFrame: 4003
        case .tooFast: 4008
        case .tokenExpired: 4009
        case .replaced: 4011
        case .unavailable: .tryAgainLater
        }
    }

    /// For people who read logs of their client.
    var reason: String {
        switch self {
        case .unauthenticated: "not authenticated"
        case .revoked: "signed out"
        case .badFrame: "not a frame of this protocol"
        case .tooFast: "too many messages"
        case .tokenExpired: "the access token has expired"
        case .replaced: "this device connected or signed in anew"
        case .unavailable: "try again later"
        }
    }
}
