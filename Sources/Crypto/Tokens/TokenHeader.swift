import JSON

/// The protected header of an access token. Source: RFC 7515 §4.1.
struct TokenHeader {
    /// `alg`. The one algorithm; a header's is compared with it and chooses nothing. Source: RFC 8037 §3.1.
    static let algorithm = "EdDSA"
    /// `typ`. Keeps access tokens apart from others signed with the same key. Source: RFC 8725 §3.11, RFC 9068 §2.1.
    static let type = "at+jwt"

    var algorithm: String
    var type: String
    /// `kid`, which key signed.
    var key: String
    /// Whether it has members that ours never have.
    var hasForeignMembers = false
}

extension TokenHeader: JSONEncodable, JSONDecodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("alg", algorithm)
        json.field("kid", key)
        json.field("typ", type)
        json.endObject()
    }

    init(from json: inout JSONReader) throws(JSONError) {
        var (algorithm, type, key): (String?, String?, String?)
        try json.beginObject()
        while let name = try json.nextKey() {
            switch name {
            case "alg": algorithm = try json.string()
            case "kid": key = try json.string()
            case "typ": type = try json.string()
            default:
                hasForeignMembers = true
                try json.skip()
            }
        }
        self.algorithm = try json.required("alg", algorithm)
        self.key = try json.required("kid", key)
        self.type = try json.required("typ", type)
    }
}
