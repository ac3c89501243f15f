internal import Crypto
internal import JSON

/// A person with an account.
enum Member {
    typealias ID = Identifier<Member>
}

/// What others see of a person.
struct Profile: Hashable, Sendable, JSONEncodable {
    let id: Member.ID
    let username: String
    let displayName: String

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        encodeFields(into: &json)
        json.endObject()
    }

    /// The members of the object alone, for what says more of a person.
    func encodeFields(into json: inout JSONWriter) {
        json.field("id", id)
        json.field("username", username)
        json.field("display_name", displayName)
    }
}

extension Profile: JSONDescribed {
    static var schema: JSONSchema { .object(members).named("Profile") }

    static var members: [JSONSchema.Member] {
        [.required("id", Member.ID.schema), .required("username", Username.schema), .required("display_name", .displayName)]
    }
}
