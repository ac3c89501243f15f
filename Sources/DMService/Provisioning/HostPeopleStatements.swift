internal import JSON
internal import Postgres

/// Changes how one of the host app's people is called, as far as it is given. No row if they have no account.
struct UpdateHostAccount: Statement {
    // The old row is locked and looked at first: whether anything changes is told by it.
    static let sql = """
        UPDATE users u SET username = coalesce($2, u.username), display_name = coalesce($3, u.display_name)
          FROM (SELECT id, username, display_name FROM users WHERE external_id = $1 FOR NO KEY UPDATE) old
         WHERE u.id = old.id
        RETURNING u.id, u.external_id, u.username, coalesce(u.display_name, u.username), u.created_at,
                  (u.username, u.display_name) IS DISTINCT FROM (old.username, old.display_name)
        """
    let externalID: String
    let username: String?
    let displayName: String?

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(externalID)
        parameters.append(username)
        parameters.append(displayName)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> (ProvisionedPerson, isChanged: Bool) {
        let person = ProvisionedPerson(
            id: try row.value(0), externalID: try row.text(1), username: try row.text(2), displayName: try row.text(3),
            createdAt: try row.value(4))
        return (person, try row.bool(5))
    }
}

/// Those of the host app's people who have accounts.
struct HostAccounts: Statement {
    static let sql = "SELECT id, external_id FROM users WHERE external_id = ANY($1)"
    let externalIDs: Set<String>

    func bind(to parameters: inout ParameterWriter) { parameters.append(Array(externalIDs)) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> (Member.ID, externalID: String) { (try row.value(0), try row.text(1)) }
}

/// Whom a member follows, of the host app's people.
struct HostAccountsFollowed: Statement {
    static let sql = """
        SELECT u.id, u.external_id FROM follows f JOIN users u ON u.id = f.followed_id
         WHERE f.follower_id = $1 AND u.external_id IS NOT NULL
        """
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> (Member.ID, String) { (try row.value(0), try row.text(1)) }
}

/// Whom a member has blocked, of the host app's people.
struct HostAccountsBlocked: Statement {
    static let sql = """
        SELECT u.id, u.external_id FROM blocks b JOIN users u ON u.id = b.blocked_id
         WHERE b.blocker_id = $1 AND u.external_id IS NOT NULL
        """
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> (Member.ID, String) { (try row.value(0), try row.text(1)) }
}
