package import JSON

/// The name that people sign in with and are found by: 3 to 32 of `A-Z a-z 0-9 _ .`. Case is kept for the eye and means nothing.
package struct Username: Sendable {
    static let shortest = 3
    static let longest = 32

    package let text: String

    package init?(_ text: String) {
        guard Self.shortest...Self.longest ~= text.utf8.count, Self.isPossible(text) else { return nil }
        self.text = text
    }

    /// Whether a username could hold these characters.
    static func isPossible(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}

extension Username: JSONDescribed {
    package static var schema: JSONSchema { .string(pattern: "^[A-Za-z0-9_.]{3,32}$", example: "ada") }
}
