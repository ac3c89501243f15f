/// Why a document could not be read.
public struct JSONError: Error, Equatable {
    public enum Code: Sendable {
        /// Not JSON as RFC 8259 has it, cut short, or followed by something else.
        case syntax
        case invalidUTF8
        /// More levels of arrays and objects than allowed.
        case tooDeep
        /// The same name twice in one object.
        case duplicateKey
        /// Another kind of value than the one expected.
        case typeMismatch
        /// A number that the expected type cannot hold.
        case outOfRange
        /// A member that the object must have.
        case missing
        /// A value of the right kind that says nothing sensible, such as a date of February 30.
        case invalidValue
    }

    public let code: Code
    /// Where in the document, as in `members[3].name`; empty for the document itself.
    public let path: String
    /// The byte at which the value or the fault begins.
    public let offset: Int
    /// What should have stood there, to follow "expected": "a string".
    public let expected: String

    init(_ code: Code, path: String, offset: Int, expected: String) {
        self.code = code
        self.path = path
        self.offset = offset
        self.expected = expected
    }
}
