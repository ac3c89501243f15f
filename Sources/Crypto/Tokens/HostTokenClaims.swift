public import JSON

/// What a token of the host app says. Sources: RFC 7519 §4.1; OpenID Connect Core §5.1 for the names.
public struct HostTokenClaims: Sendable, Hashable {
    /// `sub`: who, by the host app's own name: 1 to 255 bytes without control characters.
    public let subject: String
    /// `device_id`, else `sid`: from which device, by the host app's own name; `nil` if the token does not say.
    public let device: String?
    /// `iat`, to the second, rounded down.
    public let issuedAt: Timestamp
    /// `exp`, to the second, rounded down.
    public let expires: Timestamp
    /// `preferred_username` and `name`, as they stand there.
    public let preferredUsername: String?
    public let displayName: String?

    let issuer: String?
    let audiences: [String]
    let notBefore: Timestamp?

    /// Bytes of a subject, and of a device's name.
    static let longestName = 255
}

extension HostTokenClaims: JSONDecodable {
    public init(from json: inout JSONReader) throws(JSONError) {
        var (issuer, subject, device, session): (String?, String?, String?, String?)
        var (username, displayName): (String?, String?)
        var audiences: [String] = []
        var (issuedAt, notBefore, expires): (Timestamp?, Timestamp?, Timestamp?)
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "iss": issuer = try json.string()
            case "aud": audiences = try json.peek() == .array ? json.decode() : [json.string()]
            case "sub": subject = try json.name()
            case "device_id": device = try json.name()
            case "sid": session = try json.name()
            case "iat": issuedAt = try json.numericDate()
            case "nbf": notBefore = try json.numericDate()
            case "exp": expires = try json.numericDate()
            case "preferred_username": username = try json.decode()
            case "name": displayName = try json.decode()
            default: try json.skip()
            }
        }
        self.subject = try json.required("sub", subject)
        self.issuedAt = try json.required("iat", issuedAt)
        self.expires = try json.required("exp", expires)
        self.device = device ?? session
        self.issuer = issuer
        self.audiences = audiences
        self.notBefore = notBefore
        preferredUsername = username
        self.displayName = displayName
    }
}

extension JSONReader {
    /// A name of the host app's making.
    fileprivate mutating func name() throws(JSONError) -> String {
        let text = try string()
        guard 1...HostTokenClaims.longestName ~= text.utf8.count,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw invalid(expected: "1 to \(HostTokenClaims.longestName) bytes without control characters") }
        return text
    }

    /// A NumericDate (RFC 7519 §2), which may have a fraction.
    fileprivate mutating func numericDate() throws(JSONError) -> Timestamp {
        let seconds = try number()
        guard 0...Double(Timestamp.latest.milliseconds / 1000) ~= seconds else { throw invalid(expected: "seconds since 1970") }
        return Timestamp(milliseconds: Int64(seconds) * 1000)
    }
}
