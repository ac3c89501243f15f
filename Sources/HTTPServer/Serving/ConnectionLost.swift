/// The peer went away in the middle of an answer or of its request. A handler that hears of it stops working for it.
public struct ConnectionLost: Error, Sendable {
    public init() {}
}

extension ConnectionLost: HTTPRefusal {
    /// Arrives when the peer ended its side only, and still listens.
    public var httpError: HTTPError { HTTPError(.validation, "The request ended before its body did.") }
}
