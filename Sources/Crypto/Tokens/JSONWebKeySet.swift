public import JSON

/// Public keys that another system publishes, by which its tokens are known. Source: RFC 7517.
///
/// Only keys that can be used are kept: RSA of 2048 bits or more for RS256, P-256 for ES256, Ed25519 for EdDSA, each with a `kid`.
/// Others are passed over (§5), so that a publisher may add kinds of keys that we do not know.
public struct JSONWebKeySet: Sendable {
    /// Bytes of a document, and keys in it.
    public static let longestDocument = 262_144
    static let keyLimit = 32

    private let keys: [String: VerifyingKey]
    /// How many keys were passed over.
    public let skippedCount: Int

    /// How many keys can be used.
    public var count: Int { keys.count }
    /// The names of those keys, in order.
    public var names: [String] { keys.keys.sorted() }

    /// No keys: what could be a token is of a key that is not known.
    public static let empty = JSONWebKeySet()

    private init() { (keys, skippedCount) = ([:], 0) }

    /// Reads a document.
    ///
    /// - Throws: ``JSONWebKeySetError``.
    public init(reading document: [UInt8]) throws(JSONWebKeySetError) {
        guard document.count <= Self.longestDocument else { throw .tooLarge }
        let set: KeySetDocument
        do { set = try JSON.decode(from: document) } catch { throw .malformed(error) }
        guard set.keys.count <= Self.keyLimit else { throw .tooLarge }
        guard !set.keys.contains(where: \.isPrivate) else { throw .privateKey }
        var keys: [String: VerifyingKey] = [:]
        for entry in set.keys {
            guard let name = entry.name, let key = entry.verifyingKey else { continue }
            guard keys.updateValue(key, forKey: name) == nil else { throw .duplicateName }
        }
        guard !keys.isEmpty else { throw .noUsableKey }
        self.keys = keys
        skippedCount = set.keys.count - keys.count
    }

    func key(_ name: String) -> VerifyingKey? { keys[name] }
}

/// Why a document is no set of keys to go by.
public enum JSONWebKeySetError: Error, Equatable {
    case tooLarge
    case malformed(JSONError)
    /// None of the keys is one that can be used.
    case noUsableKey
    /// Two keys of one name: which of them a token means could not be told.
    case duplicateName
    /// It holds a private key, which has been published now: nothing that it signs proves anything.
    case privateKey
}

extension JSONWebKeySetError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge: "it has more than \(JSONWebKeySet.longestDocument) bytes or \(JSONWebKeySet.keyLimit) keys"
        case .malformed(let error): "it is no JWK set: expected \(error.expected) at \(error.path.isEmpty ? "the start" : error.path)"
        case .noUsableKey: "it has no key for RS256 (2048 bits or more), ES256 or EdDSA with a kid"
        case .duplicateName: "two of its keys have the same kid"
        case .privateKey: "it holds a private key: make a new one, and publish its public half only"
        }
    }
}

/// The document itself. Source: RFC 7517 §5.
private struct KeySetDocument: JSONDecodable {
    let keys: [KeyEntry]

    init(from json: inout JSONReader) throws(JSONError) {
        var keys: [KeyEntry]?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "keys": keys = try json.decode()
            default: try json.skip()
            }
        }
        self.keys = try json.required("keys", keys)
    }
}

/// One key as it is published. Sources: RFC 7517 §4, RFC 7518 §6, RFC 8037 §2.
private struct KeyEntry: JSONDecodable {
    /// The members that are texts, each empty unless it is there.
    private var texts: [String: String] = [:]
    private var operations: [String]?
    /// Whether it has members that only a private key has.
    private(set) var isPrivate = false

    init(from json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "kty", "kid", "use", "alg", "crv", "n", "e", "x", "y":
                let name = key.string
                texts[name] = try json.string()
            case "key_ops": operations = try json.decode()
            case "d", "p", "q", "dp", "dq", "qi", "oth":
                isPrivate = true
                try json.skip()
            default: try json.skip()
            }
        }
    }

    /// What tokens call it.
    var name: String? {
        guard let name = texts["kid"], HostTokenHeader.isKeyName(name) else { return nil }
        return name
    }

    /// The key, if it is for signatures and of a kind that is taken. Its kind says the algorithm; an `alg` that says otherwise makes it useless.
    var verifyingKey: VerifyingKey? {
        guard texts["use"] ?? "sig" == "sig", operations?.contains("verify") ?? true else { return nil }
        let key: VerifyingKey? =
            switch (texts["kty"], texts["crv"]) {
            case ("RSA", nil): VerifyingKey(rsaModulus: bytes("n"), exponent: bytes("e"))
            case ("EC", "P-256"): VerifyingKey(p256: bytes("x"), bytes("y"))
            case ("OKP", "Ed25519"): VerifyingKey(ed25519: bytes("x"))
            default: nil
            }
        guard let key, texts["alg"] ?? key.algorithm.rawValue == key.algorithm.rawValue else { return nil }
        return key
    }

    /// The bytes of a member in base64url; none if it is absent or something else.
    private func bytes(_ name: String) -> [UInt8] { texts[name].flatMap(Base64.url.decode) ?? [] }
}
