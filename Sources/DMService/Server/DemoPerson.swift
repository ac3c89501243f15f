internal import HTTPServer
public import JSON

/// Somebody who is there from the start in development, so that two windows can talk at once.
public struct DemoPerson: Sendable {
    public let username: String
    public let displayName: String
    public let password: String

    public init(username: String, displayName: String, password: String) {
        self.username = username
        self.displayName = displayName
        self.password = password
    }
}

extension DemoPerson: JSONEncodable {
    public func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("username", username)
        json.field("password", password)
        json.field("display_name", displayName)
        json.endObject()
    }
}

/// `GET /demo`: who may be signed in at a click. The route exists in `script/server`'s private instance alone.
struct DemoRoutes: Sendable {
    let people: [DemoPerson]

    private struct Answer: JSONEncodable, JSONDescribed, Sendable {
        let people: [DemoPerson]

        func encode(into json: inout JSONWriter) {
            json.beginObject()
            json.field("people", people)
            json.endObject()
        }

        static var schema: JSONSchema {
            let person = JSONSchema.object([
                .required("username", Username.schema), .required("password", .password), .required("display_name", .displayName),
            ])
            return .object([.required("people", .array(of: person))])
        }
    }

    var routes: [Route<AnonymousContext>] {
        [
            Route(.get, "/demo", "The people of development and their passwords.", output: Answer.self) { _, _ in
                .json(200, Answer(people: people))
            }
        ]
    }
}
