internal import Crypto
internal import JSON

/// The id of one kind of thing: `Identifier<Member>` and `Identifier<Conversation>` cannot be mistaken for each other.
struct Identifier<Subject>: Hashable, Sendable {
    let value: UniqueID

    init(_ value: UniqueID) { self.value = value }

    /// Reads what ``description`` gave; `nil` for anything else.
    init?(_ text: String) {
        guard let value = UniqueID(text) else { return nil }
        self.value = value
    }
}

extension Identifier: Comparable {
    /// The order of the bytes, which is PostgreSQL's order as well: locks are taken in it.
    static func < (left: Identifier, right: Identifier) -> Bool { left.value < right.value }
}

extension Identifier: CustomStringConvertible {
    var description: String { value.description }
}

extension Identifier: JSONEncodable, JSONDecodable, JSONDescribed {
    static var schema: JSONSchema { UniqueID.schema }

    func encode(into json: inout JSONWriter) { value.encode(into: &json) }

    init(from json: inout JSONReader) throws(JSONError) { value = try UniqueID(from: &json) }
}
