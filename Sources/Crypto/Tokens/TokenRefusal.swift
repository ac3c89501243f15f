/// Why an access token was refused. For logs and metrics: whoever sent it is told 401 alike.
public enum TokenRefusal: String, Error, CaseIterable {
    /// Longer than any that we issue.
    case tooLong = "too_long"
    /// Not three parts of canonical base64url with JSON in the first two, each name once.
    case malformed
    /// The header has members that no token of ours has: `jwk`, `jku`, `x5u`, `x5c`, `crit` and whatever else.
    case foreignHeader = "foreign_header"
    /// `alg` is not the one algorithm.
    case wrongAlgorithm = "wrong_algorithm"
    /// `typ` says that this is another kind of token.
    case wrongType = "wrong_type"
    /// `kid` names no key of ours.
    case unknownKey = "unknown_key"
    case badSignature = "bad_signature"
    /// A claim is missing, or of another type than it should be.
    case malformedClaims = "malformed_claims"
    case wrongIssuer = "wrong_issuer"
    case wrongAudience = "wrong_audience"
    /// It was issued for longer than tokens live now: those who know what was revoked do not look back that far.
    case livesTooLong = "lives_too_long"
    case notYetValid = "not_yet_valid"
    case expired

    /// Whether a signature was checked to find out, with which more is wrong than that its time is over.
    public var isSuspicious: Bool {
        switch self {
        case .tooLong, .malformed, .foreignHeader, .wrongAlgorithm, .wrongType, .unknownKey: false
        case .livesTooLong, .expired: false  // what clients bring that slept for a while
        case .badSignature, .malformedClaims, .wrongIssuer, .wrongAudience, .notYetValid: true
        }
    }
}
