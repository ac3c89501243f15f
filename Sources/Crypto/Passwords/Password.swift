// For `_nfc`, the normalisation by which the standard library compares strings. Foundation's is public, and costs 9 MB of memory.
@_spi(_Unicode) import Swift

/// A password, in the one form in which it is hashed: Unicode normalisation form C (RFC 8265 §4.2.2), so that what one keyboard composes
/// and another does not is the same password. Nothing of it is cut off.
public struct Password: Sendable {
    /// Characters (Unicode scalars, after normalisation) that a password may have. Source: NIST SP 800-63B §5.1.1.2.
    public static let lengths = 8...128

    let bytes: [UInt8]

    /// A password that somebody enters to prove who they are. Any text may be wrong, so none is refused.
    public init(entered text: String) {
        bytes = Array(Self.normalized(text).utf8)
    }

    /// A password that somebody chooses.
    ///
    /// - Throws: ``PasswordRefusal`` if it is no good one.
    public init(chosen text: String) throws(PasswordRefusal) {
        // Normalising costs more than counting. At most four scalars compose into one (UAX #15), so this refuses nothing that would fit.
        guard text.unicodeScalars.count <= 4 * Self.lengths.upperBound else { throw .tooLong(Self.lengths.upperBound) }
        let normalized = Self.normalized(text)
        let count = normalized.unicodeScalars.count
        guard count >= Self.lengths.lowerBound else { throw .tooShort(Self.lengths.lowerBound) }
        guard count <= Self.lengths.upperBound else { throw .tooLong(Self.lengths.upperBound) }
        guard !CommonPasswords.contains(normalized) else { throw .tooCommon }
        bytes = Array(normalized.utf8)
    }

    private static func normalized(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var normalized = ""
        normalized.unicodeScalars.append(contentsOf: text._nfc)
        return normalized
    }
}

extension Password: CustomStringConvertible, CustomReflectable {
    public var description: String { "Password(redacted)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a password may not be chosen.
public enum PasswordRefusal: Error, Equatable {
    case tooShort(_ minimum: Int)
    case tooLong(_ maximum: Int)
    /// It is among those that attackers try first.
    case tooCommon
}
