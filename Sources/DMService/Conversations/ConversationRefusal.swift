internal import HTTPServer
internal import JSON

/// Why a conversation was not made.
enum ConversationRefusal: Error, Equatable, Sendable {
    case withOneself
    case unknownRecipient
    case privacy(PrivacyRefusal)
}

extension ConversationRefusal: HTTPRefusal {
    var httpError: HTTPError {
        switch self {
        case .withOneself: HTTPError(.validation, "Name somebody else as the recipient.", details: [("path", "recipient_id")])
        case .unknownRecipient: .notFound
        case .privacy(let refusal): refusal.httpError
        }
    }
}
