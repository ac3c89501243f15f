public import JSON

/// A refusal as it goes over the wire: `{"error":{"code","message","details","request_id"}}` with a status.
public struct HTTPError: Error, Sendable {
    public let code: ErrorCode
    /// Tells the client what to do. It never repeats what the client sent.
    public let message: String
    /// Facts for programs, such as `limit` or `field`.
    public var details: [(name: String, value: JSONValue)]
    /// Fields that go with the answer, such as `Retry-After`.
    public var headers: [HeaderField]

    public init(
        _ code: ErrorCode, _ message: String, details: [(name: String, value: JSONValue)] = [], headers: [HeaderField] = []
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers
    }
}

/// An error that knows its own answer. A feature's refusals conform in one place, next to their cases; whatever is
/// thrown and does not conform is answered 500 `internal`.
public protocol HTTPRefusal: Error {
    var httpError: HTTPError { get }
}

extension HTTPError: HTTPRefusal {
    public var httpError: HTTPError { self }
}
