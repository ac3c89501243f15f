/// Checks a `tracestate` header, which we carry on without adding to it. Source: W3C Trace Context §3.3.
enum TraceState {
    /// Entries a list may have. Source: §3.3.1.1.
    private static let longestList = 32
    /// Characters that have to be carried on at least (§3.3.1.5), and all that we carry: entries beyond go, the oldest first.
    private static let longestText = 512

    /// The list with optional white space and empty entries left out, or `nil` if it breaks the rules or nothing remains.
    static func validated(_ text: String) -> String? {
        guard text.utf8.count <= 16 * longestText else { return nil }
        let entries = text.utf8.split(separator: UInt8(ascii: ",")).map(trimmed).filter { !$0.isEmpty }
        let keys = entries.compactMap(key)
        guard keys.count == entries.count, entries.count <= longestList, Set(keys).count == keys.count else { return nil }
        var kept = ""
        for entry in entries {
            guard kept.utf8.count + entry.count + (kept.isEmpty ? 0 : 1) <= longestText else { break }
            kept += kept.isEmpty ? "" : ","
            kept += Substring(entry)
        }
        return kept.isEmpty ? nil : kept
    }

    private static func trimmed(_ entry: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var entry = entry.drop(while: isSpace)
        while let last = entry.last, isSpace(last) { entry = entry.dropLast() }
        return entry
    }

    /// The key of a valid entry `key=value`, or `nil`.
    private static func key(of entry: Substring.UTF8View) -> String? {
        guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let (key, value) = (entry[..<equals], entry[entry.index(after: equals)...])
        guard isKey(key), isValue(value) else { return nil }
        return String(Substring(key))
    }

    /// A key, §3.3.1.3.1: `simple`, or `tenant@system` where the tenant may begin with a digit.
    private static func isKey(_ key: Substring.UTF8View) -> Bool {
        guard let at = key.firstIndex(of: UInt8(ascii: "@")) else { return isName(key, longest: 256, mayBeginWithDigit: false) }
        return isName(key[..<at], longest: 241, mayBeginWithDigit: true)
            && isName(key[key.index(after: at)...], longest: 14, mayBeginWithDigit: false)
    }

    private static func isName(_ name: Substring.UTF8View, longest: Int, mayBeginWithDigit: Bool) -> Bool {
        guard let first = name.first, name.count <= longest else { return false }
        guard first.isLowercaseLetter || mayBeginWithDigit && first.isDigit else { return false }
        return name.allSatisfy { $0.isLowercaseLetter || $0.isDigit || "_-*/".utf8.contains($0) }
    }

    /// A value, §3.3.1.3.2: 1 to 256 printable ASCII characters but `,` and `=`, the last no space.
    private static func isValue(_ value: Substring.UTF8View) -> Bool {
        1...256 ~= value.count && value.last != UInt8(ascii: " ")
            && value.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
    }
}
