/// A request to another server.
public struct HTTPClientRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether a redirect may be followed: asking again elsewhere changes nothing.
        var isSafe: Bool { self == .get || self == .head }
    }

    public var method: Method
    /// Absolute, `http` or `https`, without user and password, its host in ASCII.
    public var url: String
    public var headers: [HTTPClientHeader]
    /// `nil` for none; `[]` is sent, with its length of 0.
    public var body: [UInt8]?
    /// From now to the last byte of the answer; the configuration's own if `nil`.
    public var deadline: Duration?

    public init(
        _ method: Method = .get, _ url: String, headers: [HTTPClientHeader] = [], body: [UInt8]? = nil, deadline: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
    }
}

/// One header field.
public struct HTTPClientHeader: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    func isNamed(_ other: String) -> Bool { name.lowercased() == other.lowercased() }

    /// What the client says by itself, and nobody else.
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// Whether it can be sent: a token, and a value without control characters (RFC 9110 §5.5, §5.6.2).
    var isSendable: Bool {
        !name.isEmpty && name.utf8.allSatisfy(Self.isTokenCharacter) && !Self.reserved.contains(name.lowercased())
            && value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// What must not be told to another origin than the one it was meant for.
    var isSecret: Bool { ["authorization", "cookie", "x-api-key"].contains(name.lowercased()) }
}
