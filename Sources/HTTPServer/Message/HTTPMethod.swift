/// The methods that Parley serves. Any other token is answered 501 (RFC 9110 §9.1).
public enum HTTPMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
}

/// The two versions that share one wire format (RFC 9112 §2.3).
public enum HTTPVersion: Sendable {
    case http10, http11
}
