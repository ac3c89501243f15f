public import Networking
public import Observability
public import Runtime

/// A request on its way through middleware to its handler. A class, since it is handed on at every step and never changes.
public final class Request: Sendable {
    public let head: RequestHead
    let endpoint: Endpoint
    /// Where the route's parameters stand in the head's bytes, in the order of the pattern.
    let parameterRanges: [Range<Int>]
    /// The whole body; empty when the route streams it.
    public let body: [UInt8]
    /// The body while it arrives; `nil` unless the route's ``BodyPolicy`` is `streamed`.
    public let bodyStream: RequestBodyStream?
    /// Names this request in logs and answers: the client's `X-Request-ID` if it was well-formed, else our own.
    public let id: String
    /// What our part of the trace is named from. Few handlers ask for it, so that it is made when one does.
    let traceSeed: UInt64
    /// Who is at the other end of the connection. Behind a proxy that is the proxy.
    public let peer: SocketAddress
    /// The loop of the connection. The handler runs on it from the first line to the last.
    public let loop: EventLoop

    /// Our part of the caller's trace, or of a new one: what goes along with calls to other services.
    public var trace: TraceContext {
        var names = NameGenerator(seed: traceSeed)
        return head.callersTrace?.child(using: &names) ?? .fresh(using: &names)
    }

    init(
        head: RequestHead, endpoint: Endpoint, parameterRanges: [Range<Int>], body: [UInt8], bodyStream: RequestBodyStream?, id: String,
        traceSeed: UInt64, peer: SocketAddress, loop: EventLoop
    ) {
        self.head = head
        self.endpoint = endpoint
        self.parameterRanges = parameterRanges
        self.body = body
        self.bodyStream = bodyStream
        self.id = id
        self.traceSeed = traceSeed
        self.peer = peer
        self.loop = loop
    }

    /// The declaration of the route that answers it.
    public var route: RouteDeclaration { endpoint.declaration }
    public var method: HTTPMethod { route.method }
    public var headers: RequestHead { head }
    public var path: String { head.path }
}
