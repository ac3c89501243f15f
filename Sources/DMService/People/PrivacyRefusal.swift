internal import HTTPServer

/// What stands between two people. The bits are those of `participants.barred`.
struct Bars: OptionSet, Sendable {
    let rawValue: Int16

    /// The other one has blocked the member.
    static let blockedByOther = Bars(rawValue: 1)
    /// The member has blocked the other one.
    static let ownBlock = Bars(rawValue: 2)

    /// Why the member may not do something to the other one; `nil` if nothing stands between them. Of two blocks they are told of their own.
    var refusal: PrivacyRefusal? {
        if contains(.ownBlock) { return .ownBlock }
        return isEmpty ? nil : .notAllowed
    }
}

/// Why somebody may not do something to somebody else.
enum PrivacyRefusal: Error, Equatable, Sendable {
    /// The other one does not allow it. Every reason for that has the same words, on every surface: nobody learns that they were blocked.
    /// Source: SPEC §6.
    case notAllowed
    /// They have blocked the other one themselves.
    case ownBlock
}

extension PrivacyRefusal: HTTPRefusal {
    var httpError: HTTPError {
        switch self {
        case .notAllowed: HTTPError(.notAuthorized, "This person cannot be contacted.")
        case .ownBlock: HTTPError(.notAuthorized, "You have blocked this person. Unblock them first.")
        }
    }
}
