public import JSON

extension UniqueID: JSONEncodable, JSONDecodable {
    public func encode(into json: inout JSONWriter) {
        json.string(asciiCount: Self.textCount) { write(to: $0) }
    }

    public init(from json: inout JSONReader) throws(JSONError) {
        self = try json.string(expected: "a UUID") { UniqueID(utf8: $0) }
    }
}
