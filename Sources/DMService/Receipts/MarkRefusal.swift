internal import HTTPServer

/// Why a mark was not moved.
enum MarkRefusal: Error, Equatable, Sendable {
    /// Told as "does not exist", like a message that is not in the conversation.
    case notAParticipant
    /// The database cannot be reached, or too much waits for it. To mark again is safe.
    case unavailable
}

extension MarkRefusal: HTTPRefusal {
    var httpError: HTTPError {
        switch self {
        case .notAParticipant: .notFound
        case .unavailable: .unavailable
        }
    }
}
