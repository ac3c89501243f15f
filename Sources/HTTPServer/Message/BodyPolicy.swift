/// How a route takes the body of its requests.
public enum BodyPolicy: Sendable, Hashable {
    /// The body is gathered before the handler runs; more than this many bytes are answered 413.
    case collected(upTo: Int)
    /// The handler reads the body while it arrives, through ``Request/bodyStream``; more than this many bytes are
    /// answered 413.
    case streamed(upTo: Int)

    /// Bytes that a body may have.
    public var limit: Int {
        switch self {
        case .collected(let limit), .streamed(let limit): limit
        }
    }

    /// Most bodies are one JSON object. Source: SPEC §1, the same as a socket message.
    public static let json = BodyPolicy.collected(upTo: 65_536)
}
