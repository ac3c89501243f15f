/// Why a request cannot be understood, or will not be carried. After any of these the position in the byte stream is
/// lost, so the connection is closed behind the answer.
public enum RequestFault: Error, Sendable, Hashable, CaseIterable {
    case malformedRequestLine
    case invalidTarget
    case targetTooLong
    case versionNotSupported
    case methodNotSupported
    case malformedField
    /// A bare line feed or carriage return, NUL or another control character.
    case controlCharacter
    case repeatedField
    case invalidHost
    case invalidContentLength
    /// Both a length and a transfer coding, or a transfer coding in HTTP/1.0: the classic beginning of smuggling.
    case ambiguousFraming
    case unsupportedTransferCoding
    case unknownExpectation
    case headTooLarge
    case tooManyFields
    case malformedChunk
    case malformedTrailer
    case bodyTooLarge

    public var code: ErrorCode {
        switch self {
        case .targetTooLong: .targetTooLong
        case .versionNotSupported: .versionNotSupported
        case .methodNotSupported, .unsupportedTransferCoding: .notImplemented
        case .unknownExpectation: .expectationFailed
        case .headTooLarge, .tooManyFields: .headTooLarge
        case .bodyTooLarge: .payloadTooLarge
        default: .validation
        }
    }

    /// The text of the answer: what the rule is, never what was sent.
    public var message: String {
        switch self {
        case .malformedRequestLine: "The request line must be a method, a target and HTTP/1.1, separated by single spaces."
        case .invalidTarget: "The request target must be a path with an optional query, percent-encoded, without a fragment."
        case .targetTooLong: "The request target is too long."
        case .versionNotSupported: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .methodNotSupported: "This method is not implemented."
        case .malformedField: "A header field must be a name, a colon and a value on one line."
        case .controlCharacter: "Control characters are not allowed in the head, and lines end with CRLF."
        case .repeatedField: "A header field that may stand once was repeated."
        case .invalidHost: "Exactly one valid Host header field is required."
        case .invalidContentLength: "Content-Length must be one decimal number."
        case .ambiguousFraming: "The length of the body is ambiguous: send either Content-Length or chunked, and chunked in HTTP/1.1 only."
        case .unsupportedTransferCoding: "The only transfer coding is chunked."
        case .unknownExpectation: "The only expectation is 100-continue."
        case .headTooLarge: "The header fields are too large."
        case .tooManyFields: "There are too many header fields."
        case .malformedChunk: "The chunked body is malformed."
        case .malformedTrailer: "The trailer of the chunked body is malformed or too large."
        case .bodyTooLarge: "The body is too large."
        }
    }
}
