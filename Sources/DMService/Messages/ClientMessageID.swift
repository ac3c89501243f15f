internal import Crypto
internal import JSON

/// The name that a client gives to a message before it sends it, so that a retry is known for what it is.
///
/// One to 64 visible ASCII characters; a UUID does well. Unique for one sender in one conversation.
struct ClientMessageID: Hashable, Sendable {
    let text: String

    /// Characters that it may have at most.
    static let longest = 64

    init?(_ text: String) {
        guard 1...Self.longest ~= text.utf8.count, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        self.text = text
    }

    /// What it is stored and found under: 128 bits of SHA-256 over the sender and the text, so that the index stays narrow.
    ///
    /// A UUID of version 7 keeps its time in front of 80 bits of the hash: new keys then stand beside each other in the
    /// index, which makes a message two fifths cheaper to store (docs/decisions/batched-write.md).
    func dedupeKey(of sender: Member.ID) -> UniqueID {
        let hash = SHA256.digest(of: sender.value.bytes + Array(text.utf8)).prefix128
        guard let id = UniqueID(text), id.version == 7, id.low >> 62 == 0b10 else { return hash }
        return UniqueID(high: id.high & ~0xFFFF | hash.high >> 48, low: hash.high << 16 | hash.low >> 48)
    }
}

extension ClientMessageID: JSONDecodable {
    init(from json: inout JSONReader) throws(JSONError) {
        guard let id = ClientMessageID(try json.string()) else {
            throw json.invalid(expected: "1 to \(Self.longest) visible ASCII characters")
        }
        self = id
    }
}

extension ClientMessageID: JSONDescribed {
    static var schema: JSONSchema { .string(1...longest, pattern: "^[!-~]+$", example: "019b0f2e-9d11-7c3a-8f20-6a1b2c3d4e5f") }
}

extension SHA256.Digest {
    /// The first sixteen bytes.
    var prefix128: UniqueID {
        let bytes = bytes
        guard let id = UniqueID(bytes: Array(bytes.prefix(UniqueID.byteCount))) else { preconditionFailure("a digest has 32 bytes") }
        return id
    }
}
