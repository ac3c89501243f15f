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
    func dedupeKey(of sender: Member.ID) -> UniqueID {
        SHA256.digest(of: sender.value.bytes + Array(text.utf8)).prefix128
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

extension SHA256.Digest {
    /// The first sixteen bytes.
    var prefix128: UniqueID {
        let bytes = bytes
        guard let id = UniqueID(bytes: Array(bytes.prefix(UniqueID.byteCount))) else { preconditionFailure("a digest has 32 bytes") }
        return id
    }
}
