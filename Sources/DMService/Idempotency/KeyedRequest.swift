internal import Crypto
internal import HTTPServer
internal import JSON

/// A member's request under an `Idempotency-Key`: sent again, it is the same request, and is done once.
struct KeyedRequest: Sendable {
    let member: Member.ID
    let key: ClientMessageID
    /// Tells the repetition from another request under the same key.
    let hash: SHA256.Digest

    /// - Parameter parts: what makes two requests the same. Nothing secret: the hash is stored, and it is a fast one.
    init(of member: Member.ID, key: ClientMessageID, parts: [[UInt8]]) {
        self.member = member
        self.key = key
        // Each part by its own hash, so that no two lists of parts look alike.
        hash = SHA256.digest(of: parts.flatMap { SHA256.digest(of: $0).bytes })
    }
}

/// What a keyed request was answered.
struct KeptAnswer: Sendable {
    let hash: SHA256.Digest
    /// `nil` for an answer without a body.
    let body: [UInt8]?
}

/// Thrown by an action that meets its request's key in its own transaction: the request has been done, or is being done. What the action
/// did is undone, and the caller looks for the answer.
struct AlreadyDone: Error {}

extension HTTPError {
    static let keyOfAnotherRequest = HTTPError(
        .conflict, "This Idempotency-Key was used for another request. Use a new one.", details: [("header", "Idempotency-Key")])
}
