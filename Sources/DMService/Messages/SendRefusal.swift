internal import HTTPServer
internal import JSON

/// Why a message was not taken.
enum SendRefusal: Error, Equatable, Sendable {
    /// Nothing is left of the text, or it is longer than `limitScalars`.
    case empty
    case tooLong(limitScalars: Int)
    /// Told as "does not exist": nobody learns that a conversation they are not in exists.
    case notAParticipant
    /// One of the two has blocked the other.
    case privacy(PrivacyRefusal)
    /// The client's id was used before, for another message.
    case differentReplay
    /// The database cannot be reached, or the queue is full. Whether the message was stored may be unknown: a retry under the same client id is safe.
    case unavailable
}

extension SendRefusal: HTTPRefusal {
    var httpError: HTTPError {
        switch self {
        case .empty: HTTPError(.validation, "Send at least one visible character.", details: [("path", "content")])
        case .tooLong(let limit):
            HTTPError(
                .tooLong, "Send at most \(limit) characters.",
                details: [("path", "content"), ("limit", .integer(Int64(limit)))])
        case .notAParticipant: .notFound
        case .privacy(let refusal): refusal.httpError
        case .differentReplay:
            HTTPError(.conflict, "This client_msg_id was used for another message. Use a new one.", details: [("path", "client_msg_id")])
        case .unavailable:
            HTTPError(
                .unavailable, "Try again in a moment, with the same client_msg_id.", headers: [HeaderField(.retryAfter, "1")])
        }
    }
}
