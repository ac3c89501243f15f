internal import Crypto
internal import Postgres

extension Profile {
    /// - Parameter first: the column of `id`; `username` and `display_name` follow it.
    init(_ row: borrowing Row, from first: Int = 0) throws(PostgresError) {
        id = try row.value(first)
        username = try row.text(first + 1)
        displayName = try row.optional(first + 2) ?? username
    }

    /// The columns of a person as somebody sees them: whom they have blocked sees no name but the username. Source: SPEC §6.
    ///
    /// - Parameters:
    ///   - user: what the statement calls the row of `users`.
    ///   - viewer: the parameter with the viewer's id.
    static func columns(of user: String, seenBy viewer: String) -> String {
        """
        \(user).id, \(user).username,
               CASE WHEN NOT EXISTS (SELECT FROM blocks WHERE blocker_id = \(user).id AND blocked_id = \(viewer)) THEN \(user).display_name END
        """
    }
}

/// Notes that somebody is called otherwise, which those hear of who write with them.
struct TouchProfile: Statement {
    static let sql = "SELECT touch_profile($1)"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }
}

/// People by their names alone, for those who may see them.
struct ProfilesOf: Statement {
    static let sql = "SELECT id, username, display_name FROM users WHERE id = ANY($1)"
    let members: [Member.ID]

    func bind(to parameters: inout ParameterWriter) { parameters.append(members) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Profile { try Profile(row) }
}

/// Somebody as a viewer sees them.
struct ProfileFor: Statement {
    static let sql = "SELECT \(Profile.columns(of: "u", seenBy: "$2")) FROM users u WHERE u.id = $1"
    let member: Member.ID
    let viewer: Member.ID

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(viewer)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Profile { try Profile(row) }
}

/// People whose username begins with some letters, in the order of their names.
struct PeopleByUsername: Statement {
    static let sql = """
        SELECT \(Profile.columns(of: "u", seenBy: "$5")) FROM users u
         WHERE u.username_key >= $1 AND u.username_key < $2 AND u.username_key > $3 ORDER BY u.username_key LIMIT $4
        """
    /// Lower-case; the characters that a username may have.
    let prefix: String
    /// The last name of the page before, or nothing.
    let after: String
    let limit: Int
    let viewer: Member.ID

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(prefix)
        // In byte order every name with the prefix stands before the prefix followed by something greater than any letter.
        parameters.append(prefix + "\u{7F}")
        parameters.append(after)
        parameters.append(Int64(limit))
        parameters.append(viewer)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Profile { try Profile(row) }
}

/// People whose username, or a word of whose display name, begins with a text, in the order of what was found; each once.
struct PeopleByName: Statement {
    // Of somebody who has blocked the viewer, only the username is looked at: else one could find out their name letter by letter. The page
    // begins at the greater of text and cursor: with two lower bounds the index would be read from the lesser one on.
    static let sql = """
        SELECT \(Profile.columns(of: "u", seenBy: "$1")), n.name
          FROM user_names n
          JOIN users u ON u.id = n.user_id
          CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM blocks WHERE blocker_id = n.user_id AND blocked_id = $1) AS hides) b
         WHERE octet_length(\(NameMatch.key(of: "$2"))) >= \(NameMatch.shortestText)
           AND (n.name, n.user_id) > (greatest($3::text COLLATE "C", \(NameMatch.key(of: "$2")) COLLATE "C"), $4)
           AND n.name < \(NameMatch.end(of: "$2"))
           AND (n.is_username OR NOT b.hides)
           AND NOT EXISTS (
               SELECT FROM user_names e
                WHERE e.user_id = n.user_id AND e.name >= \(NameMatch.key(of: "$2")) AND e.name < n.name AND (e.is_username OR NOT b.hides))
         ORDER BY n.name, n.user_id LIMIT $5
        """
    let viewer: Member.ID
    let text: String
    let after: NamePosition?
    let limit: Int

    struct Line: Sendable {
        let profile: Profile
        let position: NamePosition
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(viewer)
        parameters.append(text)
        parameters.append(after?.name ?? "")
        parameters.append(after?.id ?? Member.ID(UniqueID(high: 0, low: 0)))
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        let profile = try Profile(row)
        return Line(profile: profile, position: NamePosition(name: try row.text(3), id: profile.id))
    }
}

/// Where somebody stands among people who were found by their names.
package struct NamePosition: Sendable {
    /// What was found, as names are compared.
    let name: String
    let id: Member.ID

    package var text: String { "\(id).\(name)" }

    init(name: String, id: Member.ID) {
        self.name = name
        self.id = id
    }

    /// Reads ``text``; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = Member.ID(String(parts[0])), !parts[1].utf8.contains(0) else { return nil }
        self.init(name: String(parts[1]), id: id)
    }
}

/// How a text is compared with what people are found by.
enum NameMatch {
    /// Bytes that a text must have when everybody is searched; as it is compared.
    static let shortestText = 3

    /// The text as it is compared. A subselect, which is evaluated once for all rows.
    static func key(of text: String) -> String { "(SELECT search_key(\(text)))" }

    /// What is greater than every name that begins with the text, and not greater than any after those. In byte order, which is the index's.
    static func end(of text: String) -> String { "\(key(of: text)) || chr(1114111)" }

    /// Whether a row of `user_names` begins with the text.
    static func condition(on row: String, text: String) -> String { "\(row).name >= \(key(of: text)) AND \(row).name < \(end(of: text))" }
}
