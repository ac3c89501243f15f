internal import HTTPServer
internal import JSON
internal import Postgres

/// What a member lets others see, and so sees of them.
struct Privacy: Sendable, JSONEncodable, JSONDescribed {
    /// What they have read.
    var readReceipts = false
    /// When they type.
    var showTyping = false
    /// Whether they are there, and when they last were.
    var showLastSeen = false

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("read_receipts", readReceipts)
        json.field("show_typing", showTyping)
        json.field("show_last_seen", showLastSeen)
        json.endObject()
    }

    static var schema: JSONSchema {
        .object([
            .required("read_receipts", .boolean(), "Whether others learn what one reads, and one learns what they read."),
            .required("show_typing", .boolean(), "The same of typing."),
            .required("show_last_seen", .boolean(), "The same of being there, and of when one last was."),
        ]).named("Privacy")
    }

    /// The settings that are to change.
    struct Change: Sendable {
        var readReceipts: Bool?
        var showTyping: Bool?
        var showLastSeen: Bool?
    }
}

extension Privacy.Change: JSONDecodable, JSONDescribed {
    static var schema: JSONSchema {
        let wish = JSONSchema.boolean(example: false).orNull
        return .object([.optional("read_receipts", wish), .optional("show_typing", wish), .optional("show_last_seen", wish)])
    }

    init(from json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "read_receipts": readReceipts = try json.decode()
            case "show_typing": showTyping = try json.decode()
            case "show_last_seen": showLastSeen = try json.decode()
            default: try json.skip()
            }
        }
    }
}

/// `/users/me/privacy`.
struct PrivacyRoutes: Sendable {
    let database: Database
    let accounts: AccountActions
    let presence: PresenceActions

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
        let privacy = try await accounts.change(try request.decode(Privacy.Change.self), of: context.member)
        presence.accountChanged(context.member)
        return .json(200, privacy)
    }
}

struct PrivacyOf: Statement {
    static let sql = "SELECT \(Privacy.columns) FROM users WHERE id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Privacy { try Privacy(row) }
}

extension Privacy {
    static let columns = "read_receipts, show_typing, show_last_seen"

    /// Reads ``columns``, which begin at the column `first`.
    init(_ row: borrowing Row, from first: Int = 0) throws(PostgresError) {
        self.init(readReceipts: try row.bool(first), showTyping: try row.bool(first + 1), showLastSeen: try row.bool(first + 2))
    }
}

/// Changes what is given.
struct ChangePrivacy: Statement {
    static let sql = """
        WITH changed AS (
            UPDATE users
               SET read_receipts = coalesce($2, read_receipts), show_typing = coalesce($3, show_typing),
                   show_last_seen = coalesce($4, show_last_seen)
             WHERE id = $1 RETURNING \(OwnAccount.columns))
        SELECT \(OwnAccount.columns), touch_account($1) FROM changed
        """
    let member: Member.ID
    let change: Privacy.Change

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(change.readReceipts)
        parameters.append(change.showTyping)
        parameters.append(change.showLastSeen)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> OwnAccount { try OwnAccount(row) }
}
