internal import HTTPServer
internal import JSON
internal import Postgres

/// What a member lets others see, and so sees of them.
struct Privacy: Sendable, JSONEncodable {
    let readReceipts: Bool

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("read_receipts", readReceipts)
        json.endObject()
    }

    /// The settings that are to change.
    struct Change: JSONDecodable, Sendable {
        let readReceipts: Bool?

        init(from json: inout JSONReader) throws(JSONError) {
            var readReceipts: Bool?
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "read_receipts": readReceipts = try json.decode()
                default: try json.skip()
                }
            }
            self.readReceipts = readReceipts
        }
    }
}

/// `/users/me/privacy`.
struct PrivacyRoutes: Sendable {
    let database: Database
    let delivery: Delivery

    var routes: [Route<MemberContext>] {
        [
            Route(
                .get, "/users/me/privacy", "What one lets others see, and so sees of them.", output: Privacy.self, limit: .httpUser,
                handler: show),
            Route(
                .patch, "/users/me/privacy", "Changes some of it. What was told before stays told.", input: Privacy.Change.self,
                output: Privacy.self, errors: [.validation], limit: .httpUser, handler: change),
        ]
    }

    private func show(_ request: Request, _ context: MemberContext) async throws -> Response {
        guard let privacy = try await database.first(PrivacyOf(member: context.member)) else { throw HTTPError.unauthenticated }
        return .json(200, privacy)
    }

    private func change(_ request: Request, _ context: MemberContext) async throws -> Response {
        let change = try request.decode(Privacy.Change.self)
        let statement = ChangePrivacy(member: context.member, readReceipts: change.readReceipts)
        guard let privacy = try await database.first(statement) else { throw HTTPError.unauthenticated }
        delivery.set(privacy, of: context.member)
        return .json(200, privacy)
    }
}

struct PrivacyOf: Statement {
    static let sql = "SELECT read_receipts FROM users WHERE id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Privacy { Privacy(readReceipts: try row.value(0)) }
}

/// Changes what is given.
struct ChangePrivacy: Statement {
    static let sql = "UPDATE users SET read_receipts = coalesce($2, read_receipts) WHERE id = $1 RETURNING read_receipts"
    let member: Member.ID
    let readReceipts: Bool?

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(readReceipts)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Privacy { Privacy(readReceipts: try row.value(0)) }
}
