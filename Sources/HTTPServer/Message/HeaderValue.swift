/// The value of a header field that Parley writes. It cannot hold a line break, so no value can end its line and begin
/// another (RFC 9110 §5.5).
public struct HeaderValue: Hashable, Sendable, ExpressibleByStringLiteral {
    public let text: String

    /// Fails when `text` holds a control character other than the horizontal tab.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else { return nil }
        self.text = text
    }

    public init(stringLiteral text: StaticString) {
        guard let value = HeaderValue("\(text)") else { preconditionFailure("a control character in a header value") }
        self = value
    }

    public init(_ number: some BinaryInteger) {
        text = String(number)
    }

    /// The type of almost every answer. A literal would be checked anew for each.
    static let json: Self = "application/json"
}

/// One header field of a response.
public struct HeaderField: Hashable, Sendable {
    public let name: HeaderName
    public let value: HeaderValue

    public init(_ name: HeaderName, _ value: HeaderValue) {
        self.name = name
        self.value = value
    }
}
