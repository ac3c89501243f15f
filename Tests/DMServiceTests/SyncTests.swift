import Crypto
import JSON
import Testing

@testable import DMService
@testable import Postgres

@Suite struct DatabaseSnapshotTests {
    @Test(arguments: ["1:1:", "10:20:10,14,15", "5:7:6", "18446744073709551614:18446744073709551615:"])
    func `what PostgreSQL writes is read`(text: String) { #expect(DatabaseSnapshot(text)?.text == text) }

    @Test(arguments: [
        "", "1", "1:2", "0:1:", "2:1:", "1:2:2", "1:3:0", "1:9:3,2", "1:9:3,3", "1:9:3,", "1:9:,3", "+1:2:", "1: 2:", "1:2::", "a:b:",
        "1:18446744073709551616:",
    ])
    func `what PostgreSQL would not read is refused`(text: String) { #expect(DatabaseSnapshot(text) == nil) }
}

@Suite struct SyncTokenTests {
    private func point(_ snapshot: String) throws -> SyncToken.Point {
        SyncToken.Point(
            generation: UniqueID(high: 1, low: 2), at: Timestamp(milliseconds: 1_790_000_000_000),
            snapshot: try #require(DatabaseSnapshot(snapshot)))
    }

    @Test func `a token is read as it was written`() throws {
        let whole = SyncToken(since: try point("10:20:11,12"))
        let rest = SyncToken.Rest(until: try point("30:30:"), after: Conversation.ID(UniqueID(high: 3, low: 4)))
        for token in [whole, SyncToken(since: whole.since, rest: rest)] { #expect(SyncToken(token.text) == token) }
    }

    @Test func `what is no token is refused`() {
        let id = UniqueID(high: 1, low: 2)
        for content in [
            "", "1", "2|\(id)|0|1:1:", "1|\(id)|0", "1|\(id)|x|1:1:", "1|x|0|1:1:", "1|\(id)|0|1:", "1|\(id)|0|1:1:|0|1:1:",
            "1|\(id)|0|1:1:|0|1:1:|x",
        ] {
            #expect(SyncToken(Base64.url.encode(Array(content.utf8))) == nil, "\(content)")
        }
        #expect(SyncToken("§") == nil)
    }
}

@Suite(.database) struct SyncRoomTests {
    @Test func `a change that commits after a token's snapshot is told, however early its transaction began`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            let database = node.services.database
            let token = try await database.transaction { transaction in
                // As a message that is under way: its id of a transaction is given, and what others read is newer.
                try await transaction.execute(LogCreation(conversation: conversation))
                return try await node.services.sync.answer(to: ada.id, since: nil, size: .response).token
            }
            let found = try await node.services.sync.answer(to: ada.id, since: token, size: .response)
            #expect(found.entries.map(\.conversation.id) == [conversation])
            #expect(try await node.services.sync.answer(to: ada.id, since: found.token, size: .response).isEmpty)
        }
    }

    @Test func `a token that is older than the window begins anew`() async throws {
        try await TestService.run(settings: ["PARLEY_SYNC_DAYS": "1"]) { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            let token = try await node.services.sync.answer(to: ada.id, since: nil, size: .response).token
            let since = SyncToken.Point(
                generation: token.since.generation, at: Timestamp(milliseconds: token.since.at.milliseconds - 86_400_000),
                snapshot: token.since.snapshot)
            let answer = try await node.services.sync.answer(to: ada.id, since: SyncToken(since: since), size: .response)
            #expect(answer.isSnapshot && answer.entries.map(\.conversation.id) == [conversation])
        }
    }

    @Test func `changes beyond the window are forgotten, and no others`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            _ = try await node.send("hello", to: conversation, from: ada)
            let database = node.services.database
            try await database.execute(AgeChanges())
            _ = try await node.send("again", to: conversation, from: ada)
            #expect(try await database.execute(DeleteOldChanges(limit: 1, window: .seconds(3600))) == 1)
            #expect(try await database.execute(DeleteOldChanges(limit: 100, window: .seconds(3600))) == 1)
            #expect(try await database.execute(DeleteOldChanges(limit: 100, window: .seconds(3600))) == 0)
        }
    }

    @Test func `what only one member sees is told to them alone`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            _ = try await node.send("hello", to: conversation, from: ada)
            _ = try await node.services.accounts.change(try privacy(#"{"read_receipts":false}"#), of: ben.id)
            _ = try await node.mark(.delivered, by: ben, in: conversation, 1)
            let tokens = try await (
                node.services.sync.answer(to: ada.id, since: nil, size: .response).token,
                node.services.sync.answer(to: ben.id, since: nil, size: .response).token
            )
            _ = try await node.mark(.read, by: ben, in: conversation, 1)
            #expect(try await node.services.sync.answer(to: ada.id, since: tokens.0, size: .response).isEmpty)
            let own = try await node.services.sync.answer(to: ben.id, since: tokens.1, size: .response)
            #expect(own.entries.map(\.conversation.lastReadSeq) == [1])
            #expect(own.account == nil && own.entries[0].messages.isEmpty)
        }
    }

    private func privacy(_ text: String) throws -> Privacy.Change { try JSON.decode(from: Array(text.utf8)) }
}

/// Makes all changes two hours older.
private struct AgeChanges: Statement {
    static let sql = "UPDATE changes SET at = at - interval '2 hours'"
}
