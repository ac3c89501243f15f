public import JSON

extension UniqueID: JSONEncodable, JSONDecodable, JSONDescribed {
    public static var schema: JSONSchema { .string(format: "uuid", example: "019b0f2e-7c4a-7d10-9e6b-3f2a5c8d1e40") }

    public func encode(into json: inout JSONWriter) {
        json.string(asciiCount: Self.textCount) { write(to: $0) }
    }

    public init(from json: inout JSONReader) throws(JSONError) {
        self = try json.string(expected: "a UUID") { UniqueID(utf8: $0) }
    }
}
