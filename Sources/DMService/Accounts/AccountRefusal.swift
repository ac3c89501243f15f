internal import Crypto
internal import HTTPServer
internal import JSON

/// Why an account was not made, or nobody was signed in.
enum AccountRefusal: Error, Equatable, Sendable {
    case badUsername
    case badEmail
    case badDisplayName
    /// A device is called by nothing, or by too much.
    case badDeviceName
    /// - Parameter path: the member of the body where it stands.
    case badPassword(PasswordRefusal, path: String)
    /// Who wants another password does not know the present one.
    case wrongCurrentPassword
    /// The username or the address belongs to somebody. Which of them is not told.
    case taken
    /// No such account, or not its password: one answer for both.
    case wrongCredentials
    /// A refresh token that is unknown, expired, spent or revoked.
    case badRefreshToken
    /// Too many tries with one name.
    case tooManyAttempts(RateLimits.Verdict)
    /// More sign-ins are under way than passwords can be checked.
    case busy
}

extension AccountRefusal: HTTPRefusal {
    var httpError: HTTPError {
        switch self {
        case .badUsername:
            HTTPError(
                .validation, "Choose a username of 3 to 32 letters (a to z), digits, dots and underscores.", details: [("path", "username")]
            )
        case .badEmail: HTTPError(.validation, "Send an e-mail address such as name@example.org.", details: [("path", "email")])
        case .badDisplayName: HTTPError(.validation, "Choose a display name of 1 to 64 characters.", details: [("path", "display_name")])
        case .badDeviceName: HTTPError(.validation, "Call the device by 1 to 64 characters.", details: [("path", "device_name")])
        case .badPassword(let refusal, let path): HTTPError(.validation, Self.advice(refusal), details: [("path", .string(path))])
        case .wrongCurrentPassword:
            HTTPError(.notAuthorized, "The current password is another one.", details: [("path", "current")])
        case .taken: HTTPError(.conflict, "This username or e-mail address is taken. Choose another.")
        case .wrongCredentials: HTTPError(.unauthenticated, "Check the name and the password.", headers: Self.challenge)
        case .badRefreshToken: HTTPError(.unauthenticated, "Sign in again.", headers: Self.challenge)
        case .tooManyAttempts(let verdict): .rateLimited(verdict)
        case .busy:
            HTTPError(.unavailable, "Too many people sign in just now. Try again in a moment.", headers: [HeaderField(.retryAfter, "2")])
        }
    }

    private static let challenge = [HeaderField(.wwwAuthenticate, "Bearer")]

    private static func advice(_ refusal: PasswordRefusal) -> String {
        switch refusal {
        case .tooShort(let minimum): "Choose a password of at least \(minimum) characters."
        case .tooLong(let maximum): "Choose a password of at most \(maximum) characters."
        case .tooCommon: "Choose a password that is not among the first that others would try."
        }
    }
}
