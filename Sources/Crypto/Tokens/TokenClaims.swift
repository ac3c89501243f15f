public import JSON

/// What an access token says. Source: RFC 7519 §4.1.
public struct TokenClaims: Sendable, Hashable {
    /// `iss`: who issued it.
    public var issuer: String
    /// `aud`: whom it is for.
    public var audience: String
    /// `sub`: the user.
    public var subject: UniqueID
    /// `sid`: the session, by which it can be revoked before it expires.
    public var session: UniqueID
    /// `iat`, to the second.
    public var issuedAt: Timestamp
    /// `nbf`, to the second.
    public var notBefore: Timestamp
    /// `exp`, to the second.
    public var expires: Timestamp

    public init(
        issuer: String, audience: String, subject: UniqueID, session: UniqueID, issuedAt: Timestamp, notBefore: Timestamp,
        expires: Timestamp
    ) {
        self.issuer = issuer
        self.audience = audience
        self.subject = subject
        self.session = session
        self.issuedAt = issuedAt
        self.notBefore = notBefore
        self.expires = expires
    }
}

extension TokenClaims {
    /// From its issue to its expiry.
    var lifetime: Duration { .milliseconds(expires.milliseconds - issuedAt.milliseconds) }
}

extension TokenClaims: JSONEncodable, JSONDecodable {
    public func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("iss", issuer)
        json.field("aud", audience)
        json.field("sub", subject)
        json.field("sid", session)
        json.field("iat", issuedAt.numericDate)
        json.field("nbf", notBefore.numericDate)
        json.field("exp", expires.numericDate)
        json.endObject()
    }

    public init(from json: inout JSONReader) throws(JSONError) {
        var (issuer, audience): (String?, String?)
        var (subject, session): (UniqueID?, UniqueID?)
        var (issuedAt, notBefore, expires): (Timestamp?, Timestamp?, Timestamp?)
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "iss": issuer = try json.string()
            case "aud": audience = try json.string()
            case "sub": subject = try json.decode()
            case "sid": session = try json.decode()
            case "iat": issuedAt = try json.numericDate()
            case "nbf": notBefore = try json.numericDate()
            case "exp": expires = try json.numericDate()
            default: try json.skip()
            }
        }
        self.issuer = try json.required("iss", issuer)
        self.audience = try json.required("aud", audience)
        self.subject = try json.required("sub", subject)
        self.session = try json.required("sid", session)
        self.issuedAt = try json.required("iat", issuedAt)
        self.notBefore = try json.required("nbf", notBefore)
        self.expires = try json.required("exp", expires)
    }
}

extension Timestamp {
    /// Whole seconds since 1970, as tokens tell time (RFC 7519 §2, "NumericDate"), rounded down.
    fileprivate var numericDate: Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension JSONReader {
    /// A NumericDate. Fractions are allowed by RFC 7519 but never issued by us, so they are refused, and so is what no calendar has.
    fileprivate mutating func numericDate() throws(JSONError) -> Timestamp {
        let seconds: Int64 = try integer()
        guard 0...Timestamp.latest.milliseconds / 1000 ~= seconds else { throw invalid(expected: "seconds since 1970") }
        return Timestamp(milliseconds: seconds * 1000)
    }
}
