extension RequestHead {
    /// Whether the client takes gzip: named with a weight above 0, or covered by `*` (RFC 9110 §12.5.3).
    package var acceptsGzip: Bool {
        var byName: Bool?
        var byStar: Bool?
        for member in list(.acceptEncoding) {
            let parts = member.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            let coding = parts[0].trimmingBlanks.lowercased()
            let isWanted = parts.count == 1 || Self.isPositiveWeight(parts[1].trimmingBlanks)
            if coding == "gzip" || coding == "x-gzip" { byName = isWanted } else if coding == "*" { byStar = isWanted }
        }
        return byName ?? byStar ?? false
    }

    /// `q=` and a number from 0.001 to 1 (RFC 9110 §12.4.2). What is malformed counts as not wanted.
    private static func isPositiveWeight(_ text: Substring) -> Bool {
        guard text.lowercased().hasPrefix("q=") else { return false }
        let digits = text.dropFirst(2)
        guard let first = digits.first, first == "0" || first == "1", digits.utf8.count <= 5 else { return false }
        let fraction = digits.dropFirst()
        guard fraction.isEmpty || (fraction.first == "." && fraction.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }) else {
            return false
        }
        let isZero = fraction.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        return first == "1" ? isZero : !isZero
    }

    /// Whether the client has this representation already (RFC 9110 §13.1.2; the comparison is the weak one of §8.8.3.2).
    package func hasAlready(_ entityTag: String) -> Bool {
        values(.ifNoneMatch).contains { value in
            if value == "*" { return true }
            // A tag may hold a comma, ours does not: a part that matches is a whole tag.
            return value.split(separator: ",").contains { part in
                let tag = part.trimmingBlanks
                return tag == entityTag || (tag.hasPrefix("W/") && tag.dropFirst(2) == entityTag)
            }
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
