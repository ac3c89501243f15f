internal import HTTPServer
internal import JSON

/// Why somebody was not followed or blocked.
enum RelationRefusal: Error, Equatable, Sendable {
    case withOneself
    case unknownPerson
    case privacy(PrivacyRefusal)
}

extension RelationRefusal: HTTPRefusal {
    var httpError: HTTPError {
        switch self {
        case .withOneself: HTTPError(.validation, "Name somebody else.", details: [("parameter", "user")])
        case .unknownPerson: .notFound
        case .privacy(let refusal): refusal.httpError
        }
    }
}

extension Relation.Outcome {
    /// Why nothing came of it; `nil` if it is so now.
    var refusal: RelationRefusal? {
        switch self {
        case .changed, .unchanged: nil
        case .unknownPerson: .unknownPerson
        case .blockedByOther: .privacy(.notAllowed)
        case .ownBlock: .privacy(.ownBlock)
        }
    }
}
