internal import JSON

extension Device {
    /// A device as its member sees it in the list of theirs.
    struct Listing: Sendable {
        let id: ID
        /// What the client called it at sign-in, if anything.
        let name: String?
        let createdAt: Timestamp
        /// Of the last sign-in or refresh.
        let lastSeenAt: Timestamp
        let signIn: SignIn.ID
        /// Whether the list was asked for from it.
        var isCurrent = false
    }
}

extension Device.Listing: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("name", name)
        json.field("created_at", createdAt)
        json.field("last_seen_at", lastSeenAt)
        json.field("is_current", isCurrent)
        json.endObject()
    }
}

extension Device.Listing: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("id", Device.ID.schema), .required("name", .string(1...64, example: "Ada's phone").orNull),
            .required("created_at", Timestamp.schema), .required("last_seen_at", Timestamp.schema, "Of the last sign-in or refresh."),
            .required("is_current", .boolean(), "Whether the list was asked for from it."),
        ]).named("Device")
    }
}

/// A secret that opens one socket, once, within seconds: what may stand in a URL, where an access token must not.
struct SocketTicket: Sendable, JSONEncodable {
    let text: String
    let lifetime: Duration

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("ticket", text)
        json.field("expires_in", lifetime.components.seconds)
        json.endObject()
    }
}

extension SocketTicket: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("ticket", .string(example: "b25lIHNvY2tldCwgb25jZSwgd2l0aGluIHNlY29uZHM")),
            .required("expires_in", .integer(from: 1, example: 30), "Seconds within which it may be used."),
        ])
    }
}

/// `POST /auth/password`.
struct PasswordChange: JSONDecodable {
    let current: String
    let new: String

    init(from json: inout JSONReader) throws(JSONError) {
        var current: String?
        var new: String?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "current": current = try json.string()
            case "new": new = try json.string()
            default: try json.skip()
            }
        }
        self.current = try json.required("current", current)
        self.new = try json.required("new", new)
    }
}

extension PasswordChange: JSONDescribed {
    static var schema: JSONSchema { .object([.required("current", .password), .required("new", .newPassword)]) }
}
