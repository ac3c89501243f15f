/// The hash of a password with all that is needed to check it, as a PHC string stores it:
/// `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>`. Source: the PHC string format, github.com/P-H-C/phc-string-format.
public struct PasswordHash: Sendable, Hashable {
    static let saltByteCount = 16
    static let tagByteCount = 32

    public let parameters: Argon2id.Parameters
    let salt: [UInt8]
    let tag: [UInt8]

    init(parameters: Argon2id.Parameters, salt: [UInt8], tag: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.tag = tag
    }

    /// Reads a PHC string; `nil` if it is none, or if its parameters are beyond what a server should ever be made to compute.
    public init?(phc: String) {
        guard phc.utf8.count <= 256 else { return nil }
        let fields = phc.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty, fields[1] == "argon2id", fields[2] == "v=\(Argon2id.version)",
            let parameters = Self.parameters(fields[3]), let salt = Base64.standardUnpadded.decode(String(fields[4])),
            let tag = Base64.standardUnpadded.decode(String(fields[5]))
        else { return nil }
        guard 8...64 ~= salt.count, 16...64 ~= tag.count else { return nil }
        self.init(parameters: parameters, salt: salt, tag: tag)
    }

    /// The PHC string, at most 128 characters with the parameters that new hashes have.
    public var phc: String {
        let cost = "m=\(parameters.memory),t=\(parameters.passes),p=\(parameters.lanes)"
        let (salt, tag) = (Base64.standardUnpadded.encode(salt), Base64.standardUnpadded.encode(tag))
        return "$argon2id$v=\(Argon2id.version)$\(cost)$\(salt)$\(tag)"
    }

    /// Whether the hash was made otherwise than new ones are: whoever has just seen its password should hash that anew.
    public func isOutdated(under parameters: Argon2id.Parameters) -> Bool {
        self.parameters != parameters || salt.count < Self.saltByteCount || tag.count < Self.tagByteCount
    }

    /// `m=…,t=…,p=…` in that order, up to 256 MiB, 16 passes and 16 lanes.
    private static func parameters(_ text: Substring) -> Argon2id.Parameters? {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, let memory = number("m=", fields[0], upTo: 262_144), let passes = number("t=", fields[1], upTo: 16),
            let lanes = number("p=", fields[2], upTo: 16), memory >= 8 * lanes  // RFC 9106 §3.1
        else { return nil }
        return Argon2id.Parameters(memory: memory, passes: passes, lanes: lanes)
    }

    private static func number(_ name: String, _ field: Substring, upTo limit: UInt32) -> UInt32? {
        guard field.hasPrefix(name) else { return nil }
        let digits = field.dropFirst(name.count)
        guard let number = UInt32(digits), 1...limit ~= number, "\(number)" == digits else { return nil }
        return number
    }
}
