internal import JSON

/// One page of a list: `{"items", "has_more", "next_cursor"}`. A cursor names the last item of the page before (a keyset), never a position.
struct Page<Item: JSONEncodable & JSONDescribed & Sendable>: JSONEncodable, Sendable {
    let items: [Item]
    /// Where the next page begins; `nil` on the last one.
    let nextCursor: String?

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        encodeFields(into: &json)
        json.endObject()
    }

    /// The members of the object alone, for pages that say more.
    func encodeFields(into json: inout JSONWriter) {
        json.field("items", items)
        json.field("has_more", nextCursor != nil)
        json.field("next_cursor", nextCursor)
    }
}

extension Page: JSONDescribed {
    static var schema: JSONSchema { .object(members) }

    static var members: [JSONSchema.Member] {
        [
            .required("items", .array(of: Item.schema)), .required("has_more", .boolean(example: false)),
            .required("next_cursor", .string(example: "eyJ").orNull, "Send it as `cursor` to read on; `null` on the last page."),
        ]
    }
}
