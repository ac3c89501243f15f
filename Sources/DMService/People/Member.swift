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
        json.field("id", id)
        json.field("username", username)
        json.field("display_name", displayName)
        json.endObject()
    }
}
