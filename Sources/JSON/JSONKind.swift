/// The six kinds of JSON value.
public enum JSONKind: Sendable {
    case object, array, string, number, boolean, null

    /// The kind of value that begins with this byte.
    init?(firstByte: UInt8) {
        switch firstByte {
        case .openingBrace: self = .object
        case .openingBracket: self = .array
        case .quote: self = .string
        case .minus, UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .boolean
        case UInt8(ascii: "n"): self = .null
        default: return nil
        }
    }
}
