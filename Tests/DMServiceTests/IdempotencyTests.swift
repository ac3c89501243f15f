import Crypto
import Testing

@testable import DMService
@testable import Postgres

@Suite(.database) struct IdempotencyTests {
    private func request(of member: Member.ID, _ content: String = "content") throws -> KeyedRequest {
        KeyedRequest(of: member, key: try #require(ClientMessageID("a-key")), parts: [Array(content.utf8)])
    }

    @Test func `what makes two requests the same is each part of them, not their sum`() throws {
        let (key, member) = (try #require(ClientMessageID("a-key")), Member.ID(UniqueID(high: 1, low: 1)))
        func hash(_ parts: String...) -> SHA256.Digest { KeyedRequest(of: member, key: key, parts: parts.map { Array($0.utf8) }).hash }
        #expect(hash("a", "bc") == hash("a", "bc"))
        #expect(hash("a", "bc") != hash("ab", "c"))
        #expect(hash("a") != hash("a", ""))
    }

    @Test func `an answer is kept for its member and key, and the first one stays`() async throws {
        try await TestService.run { nodes in
            let (ada, ben) = (try await nodes[0].newcomer(), try await nodes[0].newcomer())
            let database = nodes[0].services.database
            let mine = try request(of: ada.id)
            #expect(try await database.first(AnswerKept(for: mine)) == nil)
            #expect(try await database.first(KeepAnswer(to: mine, body: [1, 2])) == true)
            #expect(try await database.first(KeepAnswer(to: try request(of: ada.id, "other"))) == nil)
            let kept = try #require(try await database.first(AnswerKept(for: mine)))
            #expect(kept.hash == mine.hash && kept.body == [1, 2])
            #expect(try await database.first(AnswerKept(for: try request(of: ben.id))) == nil)
        }
    }

    @Test func `a key whose effect did not come about is not used`() async throws {
        struct Failure: Error {}
        try await TestService.run { nodes in
            let ada = try await nodes[0].newcomer()
            let database = nodes[0].services.database
            let mine = try request(of: ada.id)
            await #expect(throws: Failure.self) {
                try await database.transaction { transaction in
                    try await transaction.done(mine)
                    throw Failure()
                }
            }
            try await database.transaction { transaction in try await transaction.done(mine) }
            await #expect(throws: AlreadyDone.self) {
                try await database.transaction { transaction in try await transaction.done(mine) }
            }
        }
    }

    @Test func `a key is free again after its day, and swept`() async throws {
        try await TestService.run { nodes in
            let database = nodes[0].services.database
            let members = [try await nodes[0].newcomer(), try await nodes[0].newcomer(), try await nodes[0].newcomer()]
            for member in members { _ = try await database.first(KeepAnswer(to: try request(of: member.id))) }
            try await database.execute(Age(member: members[0].id))
            try await database.execute(Age(member: members[1].id))
            let again = try request(of: members[0].id, "other")
            #expect(try await database.first(AnswerKept(for: again)) == nil)
            #expect(try await database.first(KeepAnswer(to: again)) == true, "swept or not, its day is over")
            _ = try await ExpirySweeper(database: database, syncWindow: .seconds(86_400)).sweep()
            #expect(try await database.one(KeyCount()) == 2)
            #expect(try await database.first(AnswerKept(for: again)) != nil)
        }
    }
}

/// Ends the day of a member's keys.
private struct Age: Statement {
    static let sql = "UPDATE idempotency_keys SET expires_at = clock_timestamp() - interval '1 second' WHERE user_id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }
}

private struct KeyCount: Statement {
    static let sql = "SELECT count(*) FROM idempotency_keys"

    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}
