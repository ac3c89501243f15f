import JSON

/// The protected header of a host app's token. Source: RFC 7515 §4.1.
struct HostTokenHeader {
    /// `alg`. Compared with the key's own; it chooses nothing.
    var algorithm: String
    /// `kid`: which key signed.
    var key: String
    /// `typ`.
    var type: String?
    /// Whether it has members that change what the token means, or how it is checked: `crit` (§4.1.11), `b64` (RFC 7797), `zip` and `enc`.
    /// Keys and addresses that a token brings (`jwk`, `jku`, `x5c`, `x5u`) are passed over.
    var isExtended = false

    /// What a token for access may call itself: nothing, a JWT, or an access token (RFC 9068 §2.1). Other kinds (of logout, of
    /// security events) are signed with the same keys, and must not pass for one (RFC 8725 §3.11).
    var isOfAccess: Bool {
        switch type?.lowercased() {
        case nil, "jwt", "at+jwt", "application/at+jwt": true
        default: false
        }
    }

    /// Whether the text could name a key: 1 to 200 visible characters of ASCII.
    static func isKeyName(_ text: String) -> Bool { 1...200 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 } }
}

extension HostTokenHeader: JSONDecodable {
    init(from json: inout JSONReader) throws(JSONError) {
        var (algorithm, key): (String?, String?)
        try json.beginObject()
        while let name = try json.nextKey() {
            switch name {
            case "alg": algorithm = try json.string()
            case "kid": key = try json.string()
            case "typ": type = try json.string()
            case "crit", "b64", "zip", "enc":
                isExtended = true
                try json.skip()
            default: try json.skip()
            }
        }
        self.algorithm = try json.required("alg", algorithm)
        self.key = try json.required("kid", key)
    }
}
