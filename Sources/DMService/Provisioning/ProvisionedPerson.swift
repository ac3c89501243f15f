internal import HTTPServer
internal import JSON

/// An account as the host app's servers see it.
struct ProvisionedPerson: Sendable, JSONEncodable, JSONDescribed {
    let id: Member.ID
    /// The host app's own name for the person.
    let externalID: String
    let username: String
    let displayName: String
    let createdAt: Timestamp

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("external_id", externalID)
        json.field("username", username)
        json.field("display_name", displayName)
        json.field("created_at", createdAt)
        json.endObject()
    }

    static var schema: JSONSchema {
        .object([
            .required("id", Member.ID.schema), .required("external_id", .string(example: "u-4711"), "The host app's own name."),
            .required("username", Username.schema), .required("display_name", .displayName), .required("created_at", Timestamp.schema),
        ]).named("ProvisionedPerson")
    }

    /// `PUT /admin/users/{external_id}`: what is to be so. What is left out stays as it is, or is made up for a new account.
    struct Draft: JSONDecodable, JSONDescribed, Sendable {
        let username: String?
        let displayName: String?

        init(from json: inout JSONReader) throws(JSONError) {
            var username: String?
            var displayName: String?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "username": username = try json.decode()
                case "display_name": displayName = try json.decode()
                default: try json.skip()
                }
            }
            self.username = username
            self.displayName = displayName
        }

        static var schema: JSONSchema {
            .object([.optional("username", Username.schema.orNull), .optional("display_name", .displayName.orNull)])
        }
    }
}

/// `PUT /admin/users/{external_id}/follows` and `/blocks`: `{"set"}`, or `{"add","remove"}`; people by the host app's names.
struct RelationsDraft: JSONDecodable, JSONDescribed, Sendable {
    enum Wish: Sendable {
        /// Exactly these, of the people whom the host app knows.
        case set([String])
        case change(add: [String], remove: [String])
    }

    /// People of one request.
    static let limit = 1_000

    let wish: Wish

    init(from json: inout JSONReader) throws(JSONError) {
        var whole: [String]?
        var added: [String]?
        var removed: [String]?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "set": whole = try json.decode()
            case "add": added = try json.decode()
            case "remove": removed = try json.decode()
            default: try json.skip()
            }
        }
        let lists = [whole, added, removed].compactMap(\.self)
        guard !lists.isEmpty, whole == nil || lists.count == 1 else { throw json.invalid(expected: "set, or add and remove") }
        guard lists.reduce(0, { $0 + $1.count }) <= Self.limit else { throw json.invalid(expected: "at most \(Self.limit) people") }
        wish = whole.map(Wish.set) ?? .change(add: added ?? [], remove: removed ?? [])
    }

    static var schema: JSONSchema {
        let people = JSONSchema.array(of: .string(example: "u-4711"))
        return .anyOf([
            .object([.required("set", people, "Exactly these, of the people whom the host app knows.")]),
            .object([.required("add", people)]), .object([.required("remove", people)]),
        ]).named("Relations")
    }
}

/// What became of a whole list.
struct RelationsReport: Sendable, JSONEncodable, JSONDescribed {
    /// Somebody of whom it did not come to be so.
    struct Failure: Sendable, JSONEncodable {
        let externalID: String
        let refusal: RelationRefusal

        func encode(into json: inout JSONWriter) {
            let error = refusal.httpError
            json.beginObject()
            json.field("external_id", externalID)
            json.field("code", error.code.name)
            json.field("message", error.message)
            json.endObject()
        }
    }

    /// People with whom it was not so before, and those with whom nothing changed.
    var changed = 0
    var unchanged = 0
    var failures: [Failure] = []

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("changed", changed)
        json.field("unchanged", unchanged)
        json.field("errors", failures)
        json.endObject()
    }

    static var schema: JSONSchema {
        let failure = JSONSchema.object([
            .required("external_id", .string(example: "u-4711")), .required("code", .string(example: "not_found")),
            .required("message", .string(example: "There is nothing here.")),
        ])
        return .object([
            .required("changed", .integer(from: 0, example: 1)), .required("unchanged", .integer(from: 0)),
            .required("errors", .array(of: failure)),
        ]).named("RelationsReport")
    }
}
