import Postgres
import Testing

@testable import DMService

/// Batches in which something is refused or known: what becomes of the rest, and what it costs.
@Suite(.database) struct MixedBatchTests {
    enum Mixture: CaseIterable {
        case replays, strangers, both
        var hasReplays: Bool { self != .strangers }
        var hasStrangers: Bool { self != .replays }
    }

    // acceptance
    @Test(arguments: Mixture.allCases)
    func `replays and refused messages leave the places of their batch dense and its order as it was`(_ mixture: Mixture) async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            let (cy, _, other) = try await node.pair()
            let eve = try await node.newcomer()
            let originals = await node.sendTogether((0..<10).map { Entry("old \($0)", "old-\($0)", conversation, $0 % 2 == 0 ? ada : ben) })
            let batch = (0..<100).map { number in
                switch number % 10 {
                case 3 where mixture.hasReplays:
                    Entry("old \(number / 10)", "old-\(number / 10)", conversation, number / 10 % 2 == 0 ? ada : ben)
                case 5 where mixture.hasReplays: Entry("new \(number - 1)", "new-\(number - 1)", conversation, ada)  // a double
                case 7 where mixture.hasStrangers: Entry("let me in", "in-\(number)", conversation, eve)
                case 8: Entry("new \(number)", nil, other, cy)
                default: Entry("new \(number)", "new-\(number)", conversation, ada)
                }
            }
            let outcomes = await node.sendTogether(batch)
            for (entry, outcome) in zip(batch, outcomes) {
                if entry.sender.id == eve.id {
                    #expect(outcome == nil)
                } else {
                    #expect(outcome?.message.content == entry.text)
                }
            }
            if mixture.hasReplays {
                for index in 0..<10 {
                    #expect(outcomes[index * 10 + 3]?.message.id == originals[index]?.message.id)
                    #expect(outcomes[index * 10 + 3]?.isReplay == true)
                    #expect(outcomes[index * 10 + 5]?.message.id == outcomes[index * 10 + 4]?.message.id)
                    #expect(outcomes[index * 10 + 5]?.isReplay == true)
                }
            }
            let stored = zip(batch, outcomes).filter { $0.0.conversation == conversation && $0.1?.isReplay == false }
            #expect(stored.map { $0.1?.message.seq } == (0..<stored.count).map { Int64(11 + $0) })
            #expect(outcomes.compactMap { $0 }.allSatisfy { $0.message.seq == $0.message.rev })
            #expect(outcomes.enumerated().filter { $0.offset % 10 == 8 }.map { $0.element?.message.seq } == (1...10).map { Int64($0) })
            #expect(try await node.history(conversation, for: ben).map(\.seq) == (1...Int64(10 + stored.count)).map { $0 })
        }
    }

    @Test func `an entry that is refused does not make its whole batch be written twice`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            let eve = try await node.newcomer()
            let (outcomes, effort) = try await node.services.database.onLoop {
                try await node.services.database.transaction { transaction in
                    let outcomes = try await transaction.query(
                        SendHundred(conversation: conversation, member: ada.id, stranger: eve.id, place: 11))
                    return (outcomes, try await transaction.one(Effort()))
                }
            }
            #expect(outcomes == (1...100).map { $0 == 11 ? 3 : 0 })
            #expect(effort.inserts <= 99 + 10, "all that is written in vain stands before the one refused")
            #expect(effort.updates == 2)
        }
    }
}

private struct Entry {
    let text: String
    let clientID: String?
    let conversation: Conversation.ID
    let sender: Profile

    init(_ text: String, _ clientID: String?, _ conversation: Conversation.ID, _ sender: Profile) {
        self.text = text
        self.clientID = clientID
        self.conversation = conversation
        self.sender = sender
    }
}

extension TestService {
    /// Sends all of them in one tick, which makes them one batch.
    ///
    /// - Returns: for each entry what became of it; `nil` if it was refused.
    fileprivate func sendTogether(_ entries: [Entry]) async -> [(message: Message, isReplay: Bool)?] {
        await withTaskGroup(of: (Int, (message: Message, isReplay: Bool)?).self) { group in
            for (index, entry) in entries.enumerated() {
                group.addTask {
                    (index, try? await send(entry.text, entry.clientID, to: entry.conversation, from: entry.sender))
                }
            }
            var outcomes = [(message: Message, isReplay: Bool)?](repeating: nil, count: entries.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes
        }
    }
}

/// A hundred messages to one conversation, one of them by somebody who is not in it.
private struct SendHundred: Statement {
    static let sql = """
        SELECT outcome FROM send_messages(
            ARRAY[$1::uuid], ARRAY[100], array_fill(1, ARRAY[100]), ARRAY(SELECT generate_series(1, 100)),
            ARRAY(SELECT CASE WHEN n = $4 THEN $3::uuid ELSE $2::uuid END FROM generate_series(1, 100) n), array_fill(1::smallint, ARRAY[100]),
            array_fill('hello'::text, ARRAY[100]), array_fill(NULL::text, ARRAY[100]), array_fill(NULL::uuid, ARRAY[100]),
            array_fill(NULL::bigint, ARRAY[100]))
        """
    let conversation: Conversation.ID
    let member: Member.ID
    let stranger: Member.ID
    let place: Int32

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(member)
        parameters.append(stranger)
        parameters.append(place)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Int16 { try row.int16(0) }
}

/// What this transaction has written so far, what was undone included.
private struct Effort: Statement {
    static let sql = """
        SELECT pg_stat_get_xact_tuples_inserted('messages'::regclass), pg_stat_get_xact_tuples_updated('conversations'::regclass)
        """

    func decode(_ row: borrowing Row) throws(PostgresError) -> (inserts: Int64, updates: Int64) { (try row.int64(0), try row.int64(1)) }
}
