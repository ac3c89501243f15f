package import JSON

/// An e-mail address, as far as one can tell without sending to it: something, an at sign, a host with a dot; no white space or controls.
package struct EmailAddress: Sendable {
    /// Source: RFC 5321 §4.5.3.1.3, less the angle brackets.
    static let longest = 254

    package let text: String

    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.longest, parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64,
            text.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.properties.generalCategory != .control })
        else { return nil }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.text = text
    }
}

extension EmailAddress: JSONDescribed {
    package static var schema: JSONSchema { .string(3...longest, example: "ada@example.org") }
}
