internal import HTTPServer
internal import Observability
internal import Postgres

/// What the host app's servers say of its people: accounts before anybody signs in, names, and who follows or blocks whom.
struct ProvisioningActions: Sendable {
    let database: Database
    let accounts: AccountActions
    let relations: RelationActions
    let profiles: ProfileDirectory

    /// Bytes; as many as the `sub` of a token may have.
    static let longestExternalID = 255

    static func isExternalID(_ text: String) -> Bool { 1...longestExternalID ~= text.utf8.count && !text.utf8.contains(0) }

    // MARK: Accounts

    /// Makes the account of a person, or changes how they are called. What the draft leaves out stays.
    ///
    /// - Throws: ``AccountRefusal``.
    func provision(
        _ externalID: String, _ draft: ProvisionedPerson.Draft, by key: String
    ) async throws -> (person: ProvisionedPerson, isNew: Bool) {
        let username = try draft.username.map { text throws(AccountRefusal) in
            guard let username = Username(text) else { throw .badUsername }
            return username
        }
        let displayName = try accounts.displayName(draft.displayName)
        if let person = try await update(externalID, username, displayName, by: key) { return (person, false) }
        let isNew = try await accounts.makeHostAccount(externalID, username: username, displayName: displayName)
        // Of two requests at once one makes the account, and the other finds it.
        guard let person = try await update(externalID, username, displayName, by: key) else { throw AccountRefusal.taken }
        return (person, isNew)
    }

    private func update(
        _ externalID: String, _ username: Username?, _ displayName: String?, by key: String
    ) async throws -> ProvisionedPerson? {
        do {
            return try await database.transaction { transaction in
                let update = UpdateHostAccount(externalID: externalID, username: username?.text, displayName: displayName)
                guard let (person, isChanged) = try await transaction.first(update) else { return nil }
                if isChanged {
                    try await transaction.execute(TouchProfile(member: person.id))
                    profiles.forget(person.id)
                    Logger.current.info("the host app changed an account", [.member: "\(person.id)", .apiKey: key])
                }
                return person
            }
        } catch let error as PostgresError where error.isDuplicate {
            throw AccountRefusal.taken
        }
    }

    // MARK: Relations

    /// Says whom a person follows or has blocked.
    ///
    /// - Throws: 404 for a person whom nobody knows. What is wrong with one of the others stands in the report.
    func set(_ relation: Relation, of externalID: String, to wish: RelationsDraft.Wish, by key: String) async throws -> RelationsReport {
        guard let member = try await database.first(HostAccount(subject: externalID)) else { throw HTTPError.notFound }
        var report = RelationsReport()
        switch wish {
        case .change(let added, let removed):
            try await set(relation, false, of: member, to: try await people(removed, member, &report), &report)
            try await set(relation, true, of: member, to: try await people(added, member, &report), &report)
        case .set(let whole):
            let wanted = try await people(whole, member, &report)
            let present = Dictionary(uniqueKeysWithValues: try await hostPeople(relation, of: member))
            try await set(relation, false, of: member, to: present.filter { wanted[$0.key] == nil }, &report)
            try await set(relation, true, of: member, to: wanted, &report)
        }
        Logger.current.info("the host app changed relations", [.member: "\(member)", .apiKey: key, "changed": "\(report.changed)"])
        return report
    }

    /// Those of the names that stand for somebody else than the member; the others are failures.
    private func people(
        _ externalIDs: [String], _ member: Member.ID, _ report: inout RelationsReport
    ) async throws -> [Member.ID: String] {
        let asked = Set(externalIDs)
        let found = try await database.query(HostAccounts(externalIDs: asked.filter(Self.isExternalID)))
        var people: [Member.ID: String] = [:]
        for (id, externalID) in found {
            if id == member {
                report.failures.append(.init(externalID: externalID, refusal: .withOneself))
            } else {
                people[id] = externalID
            }
        }
        for unknown in asked.subtracting(found.map(\.externalID)).sorted() {
            report.failures.append(.init(externalID: unknown, refusal: .unknownPerson))
        }
        return people
    }

    /// With whom it is so now, of the host app's people.
    private func hostPeople(_ relation: Relation, of member: Member.ID) async throws(PostgresError) -> [(Member.ID, String)] {
        switch relation {
        case .follow: try await database.query(HostAccountsFollowed(member: member))
        case .block: try await database.query(HostAccountsBlocked(member: member))
        }
    }

    private func set(
        _ relation: Relation, _ wanted: Bool, of member: Member.ID, to people: [Member.ID: String], _ report: inout RelationsReport
    ) async throws {
        for (person, outcome) in try await relations.set(relation, wanted, of: member, to: Set(people.keys)) {
            switch outcome {
            case .changed: report.changed += 1
            case .unchanged: report.unchanged += 1
            case .unknownPerson, .blockedByOther, .ownBlock:
                guard let refusal = outcome.refusal, let externalID = people[person] else { continue }
                report.failures.append(.init(externalID: externalID, refusal: refusal))
            }
        }
    }
}

extension Logger.Key {
    /// The name of one.
    fileprivate static let apiKey: Self = "api_key"
}
