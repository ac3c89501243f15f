internal import Postgres

extension Profile {
    /// - Parameter first: the column of `id`; `username` and `display_name` follow it.
    init(_ row: borrowing Row, from first: Int = 0) throws(PostgresError) {
        id = try row.value(first)
        username = try row.text(first + 1)
        displayName = try row.optional(first + 2) ?? username
    }
}

struct ProfilesOf: Statement {
    static let sql = "SELECT id, username, display_name FROM users WHERE id = ANY($1)"
    let members: [Member.ID]

    func bind(to parameters: inout ParameterWriter) { parameters.append(members) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Profile { try Profile(row) }
}

/// People whose username begins with some letters, in the order of their names.
struct PeopleByUsername: Statement {
    static let sql = """
        SELECT id, username, display_name FROM users
         WHERE username_key >= $1 AND username_key < $2 AND username_key > $3 ORDER BY username_key LIMIT $4
        """
    /// Lower-case; the characters that a username may have.
    let prefix: String
    /// The last name of the page before, or nothing.
    let after: String
    let limit: Int

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(prefix)
        // In byte order every name with the prefix stands before the prefix followed by something greater than any letter.
        parameters.append(prefix + "\u{7F}")
        parameters.append(after)
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Profile { try Profile(row) }
}
