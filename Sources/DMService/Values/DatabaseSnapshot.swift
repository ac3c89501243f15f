/// What a transaction sees: which others had committed. PostgreSQL's `pg_snapshot` as text, `xmin:xmax:xip_list`.
struct DatabaseSnapshot: Equatable, Sendable {
    let text: String

    /// As PostgreSQL wrote it.
    init(trusting text: String) { self.text = text }

    /// - Returns: `nil` for what PostgreSQL would not read as a snapshot.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, let first = Self.number(parts[0]), let end = Self.number(parts[1]), 0 < first, first <= end else {
            return nil
        }
        if !parts[2].isEmpty {
            var last: UInt64?
            for part in parts[2].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                guard let running = Self.number(part), (first..<end).contains(running), last.map({ $0 < running }) ?? true else {
                    return nil
                }
                last = running
            }
        }
        self.text = text
    }

    private static func number(_ digits: Substring.UTF8View.SubSequence) -> UInt64? {
        // Digits alone: a sign would be read too.
        guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return UInt64(Substring(digits))
    }
}
