import Crypto
import HTTPServer
import JSON
import Testing

@testable import DMService
@testable import Postgres

/// Blocks, on a real database.
@Suite(.database) struct BlockRoomTests {
    // acceptance: D-048
    @Test func `neither of two gets a message across a block, and only who blocked is told why`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            _ = try await node.send("before", "m0", to: conversation, from: ben)
            let before = try await node.state(conversation)
            try await node.block(ada, ben)
            let blocked = try await node.state(conversation)
            #expect(blocked.membersRev == before.membersRev + 1, "processes read anew who hears of it")
            #expect(blocked.rev == before.rev, "the blocked one sees no change")
            for number in 1...3 {
                #expect(await node.refusal("x", "b\(number)", to: conversation, from: ben) == .privacy(.notAllowed))
                #expect(await node.refusal("x", "a\(number)", to: conversation, from: ada) == .privacy(.ownBlock))
            }
            #expect(try await node.state(conversation) == blocked)
            #expect(try await node.history(conversation, for: ben).map(\.content) == ["before"], "what was said stays")
            try await node.unblock(ada, ben)
            #expect(try await node.send("after", to: conversation, from: ben).message.seq == 2, "nothing was kept of what was refused")
        }
    }

    @Test func `whoever blocks, the other one's block stands beside it`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            func refusals() async -> [SendRefusal?] {
                [
                    await node.refusal("x", "x1", to: conversation, from: ada), await node.refusal("x", "x2", to: conversation, from: ben),
                ]
            }
            try await node.block(ada, ben)
            try await node.block(ben, ada)
            #expect(await refusals() == [.privacy(.ownBlock), .privacy(.ownBlock)])
            try await node.unblock(ada, ben)
            #expect(await refusals() == [.privacy(.notAllowed), .privacy(.ownBlock)])
            try await node.unblock(ben, ada)
            #expect(await refusals() == [nil, nil])
        }
    }

    @Test func `one who is blocked is their own loss: the others of a batch are stored`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, closed) = try await node.pair()
            let (eve, dan, open) = try await node.pair()
            try await node.block(ada, ben)
            for round in 0..<3 {
                try await withThrowingTaskGroup(of: SendRefusal?.self) { group in
                    for number in 0..<20 {
                        let (conversation, sender) = [(closed, ben), (open, eve), (open, dan), (closed, ada)][number % 4]
                        group.addTask { await node.refusal("x", "\(round)-\(number)", to: conversation, from: sender) }
                    }
                    let refusals = try await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
                    #expect(refusals.count { $0 == .privacy(.notAllowed) } == 5 && refusals.count { $0 == .privacy(.ownBlock) } == 5)
                    #expect(refusals.count == 10)
                }
            }
            #expect(try await node.history(open, for: eve).map(\.seq) == Array(1...30))
            #expect(try await node.history(closed, for: ben).isEmpty)
        }
    }

    @Test func `a retry of what was stored before the block is answered with the original`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            let message = try await node.send("hello", "once", to: conversation, from: ben).message
            try await node.block(ada, ben)
            let retry = try await node.send("hello", "once", to: conversation, from: ben)
            #expect(retry.isReplay && retry.message.id == message.id)
            #expect(await node.refusal("other", "once", to: conversation, from: ben) == .differentReplay)
        }
    }

    @Test func `a message that waits for the lock of a block is not stored`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let (ada, ben, conversation) = try await nodes[0].pair()
            let sending = try await nodes[0].services.database.transaction { transaction in
                let change = RelationChange(member: ada.id, people: [ben.id], wanted: true)
                _ = try await transaction.query(SetBlocks(change: change))
                let sending = Task { await nodes[1].refusal("too late", "late", to: conversation, from: ben) }
                let waiters = WaitersFor(pid: try await transaction.one(BackendPID()))
                while try await nodes[0].services.database.one(waiters) == 0 { try await Task.sleep(for: .milliseconds(5)) }
                return sending
            }
            #expect(await sending.value == .privacy(.notAllowed))
            #expect(try await nodes[0].history(conversation, for: ada).isEmpty)
        }
    }

    @Test func `a conversation that is made while one of the two blocks takes the block over, or is not made`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            for round in 0..<30 {
                let (ada, ben) = (try await nodes[0].newcomer(), try await nodes[0].newcomer())
                let opening = Task {
                    try await nodes[1].onLoop { services -> Result<Conversation.ID, ConversationRefusal> in
                        do {
                            return .success(try await services.conversations.direct(of: ben.id, with: ada.id).conversation.id)
                        } catch let refusal as ConversationRefusal {
                            return .failure(refusal)
                        }
                    }
                }
                if round % 2 == 0 { try await Task.sleep(for: .microseconds(200 * round)) }
                try await nodes[0].block(ada, ben)
                switch try await opening.value {
                case .success(let id):
                    #expect(await nodes[1].refusal("x", "x", to: id, from: ben) == .privacy(.notAllowed))
                    #expect(await nodes[0].refusal("x", "x", to: id, from: ada) == .privacy(.ownBlock))
                case .failure(let refusal): #expect(refusal == .privacy(.notAllowed))
                }
            }
        }
    }

    @Test func `who begins a conversation waits for a block that is under way, and does not get it`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let (ada, ben) = (try await nodes[0].newcomer(), try await nodes[0].newcomer())
            let opening = try await nodes[0].services.database.transaction { transaction in
                let change = RelationChange(member: ada.id, people: [ben.id], wanted: true)
                _ = try await transaction.query(SetBlocks(change: change))
                let opening = Task { try await nodes[1].onLoop { _ = try await $0.conversations.direct(of: ben.id, with: ada.id) } }
                let waiters = WaitersFor(pid: try await transaction.one(BackendPID()))
                while try await nodes[0].services.database.one(waiters) == 0 { try await Task.sleep(for: .milliseconds(5)) }
                return opening
            }
            await #expect(throws: ConversationRefusal.privacy(.notAllowed)) { try await opening.value }
            #expect(try await nodes[0].services.database.one(DirectConversation(member: ada.id, other: ben.id)).conversation == nil)
        }
    }

    @Test func `a conversation that another way makes takes the block over`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben) = (try await node.newcomer(), try await node.newcomer())
            try await node.block(ada, ben)
            let id = Conversation.ID(node.services.conversations.ids.next())
            let pair = try #require(MemberPair(ada.id, ben.id))
            _ = try await node.services.database.unit(
                InsertDirectConversation(id: id, pair: pair), InsertParticipants(conversation: id, member: ben.id, other: ada.id))
            #expect(await node.refusal("x", "x", to: id, from: ben) == .privacy(.notAllowed))
            #expect(await node.refusal("x", "x", to: id, from: ada) == .privacy(.ownBlock))
        }
    }

    @Test func `nobody opens a conversation across a block, be there one or not`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, _) = try await node.pair()
            let eve = try await node.newcomer()
            try await node.block(ada, ben)
            try await node.block(ada, eve)
            for stranger in [ben, eve] {
                await #expect(throws: ConversationRefusal.privacy(.notAllowed)) {
                    _ = try await node.services.conversations.direct(of: stranger.id, with: ada.id)
                }
                await #expect(throws: ConversationRefusal.privacy(.ownBlock)) {
                    _ = try await node.services.conversations.direct(of: ada.id, with: stranger.id)
                }
            }
            let refusals = [
                ConversationRefusal.privacy(.notAllowed).httpError, SendRefusal.privacy(.notAllowed).httpError,
                RelationRefusal.privacy(.notAllowed).httpError,
            ]
            #expect(Set(refusals.map(\.message)).count == 1 && refusals.allSatisfy { $0.code == .notAuthorized && $0.details.isEmpty })
        }
    }

    // acceptance: D-048
    @Test func `marks of either stay their own while a block stands`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            let fromBen = try await node.send("from Ben", to: conversation, from: ben).message
            let fromAda = try await node.send("from Ada", to: conversation, from: ada).message
            try await node.block(ada, ben)
            let state = try await node.state(conversation)
            for (reader, seq) in [(ada, 1), (ben, 2), (ada, 2)] as [(Profile, Int64)] {
                let standing = try await node.mark(.read, by: reader, in: conversation, seq)
                #expect(standing.receipt.read?.seq == seq, "one's own count goes on")
                _ = try await node.mark(.delivered, by: reader, in: conversation, seq)
            }
            #expect(try await node.state(conversation) == state)
            for (message, sender) in [(fromBen, ben), (fromAda, ada)] {
                let status = try await node.services.receipts.status(of: message.id, in: nil, for: sender.id)
                #expect(status.recipients.map(\.stage) == [.sent], "pending receipts never arrive")
            }
            try await node.unblock(ada, ben)
            for (message, sender) in [(fromBen, ben), (fromAda, ada)] {
                let status = try await node.services.receipts.status(of: message.id, in: nil, for: sender.id)
                #expect(status.recipients.map(\.stage) == [.sent], "the end of the block delivers none of it")
            }
            let answer = try await node.send("again", to: conversation, from: ben).message
            _ = try await node.mark(.read, by: ada, in: conversation, 3)
            let status = try await node.services.receipts.status(of: answer.id, in: nil, for: ben.id)
            #expect(status.recipients.map(\.stage) == [.read])
        }
    }

    // acceptance: C-014
    @Test func `what the blocked one wrote does not count as unread, and does again afterwards`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            for number in 1...3 { _ = try await node.send("\(number)", to: conversation, from: ben) }
            func unread(_ person: Profile) async throws -> Int64 {
                try await node.services.receipts.unread(of: person.id).conversations.reduce(0) { $0 + $1.count.shown }
            }
            _ = try await node.send("hey", to: conversation, from: ada)
            let own = try await node.state(conversation, of: ada)
            try await node.block(ada, ben)
            #expect(try await unread(ada) == 0)
            #expect(try await unread(ben) == 1, "the blocked one's own count is as it was")
            #expect(try await node.services.conversations.conversation(conversation, for: ada.id).unread.shown == 0)
            #expect(try await node.state(conversation, of: ada) == own + 1, "the blocker's own side changed")
            try await node.unblock(ada, ben)
            #expect(try await unread(ada) == 3)
        }
    }

    @Test func `a block ends what each follows of the other, and nobody follows across it`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, eve) = (try await node.newcomer(), try await node.newcomer(), try await node.newcomer())
            for (one, other) in [(ada, ben), (ben, ada), (eve, ada), (ben, eve)] { try await node.follow(one, other) }
            try await node.block(ada, ben)
            #expect(try await node.people(.followers, of: ada) == [eve.id])
            #expect(try await node.people(.following, of: ada).isEmpty)
            #expect(try await node.people(.following, of: ben) == [eve.id])
            #expect(try await node.people(.blocks, of: ada) == [ben.id])
            #expect(try await node.people(.blocks, of: ben).isEmpty)
            await #expect(throws: RelationRefusal.privacy(.notAllowed)) { try await node.follow(ben, ada) }
            await #expect(throws: RelationRefusal.privacy(.ownBlock)) { try await node.follow(ada, ben) }
            try await node.services.relations.set(.follow, false, of: ben.id, to: ada.id)
        }
    }

    @Test func `a follow and a block at once leave no follow`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            for _ in 0..<20 {
                let (ada, ben) = (try await nodes[0].newcomer(), try await nodes[0].newcomer())
                async let following: Void? = try? await nodes[1].follow(ben, ada)
                async let blocking: Void = nodes[0].block(ada, ben)
                _ = try await (following, blocking)
                #expect(try await nodes[0].people(.followers, of: ada).isEmpty)
            }
        }
    }

    @Test func `many may block each other at once`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            var people: [Profile] = []
            for _ in 0..<6 { people.append(try await nodes[0].newcomer()) }
            for (index, one) in people.enumerated() {
                for other in people[(index + 1)...] {
                    _ = try await nodes[0].services.conversations.direct(of: one.id, with: other.id)
                    try await nodes[0].follow(one, other)
                    try await nodes[0].follow(other, one)
                }
            }
            let everybody = people
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, one) in everybody.enumerated() {
                    group.addTask {
                        let others = Set(everybody.map(\.id)).subtracting([one.id])
                        for wanted in [true, false, true] {
                            let outcomes = try await nodes[index % 2].services.relations.set(.block, wanted, of: one.id, to: others)
                            #expect(outcomes.count == 5 && outcomes.values.allSatisfy { $0 == .changed })
                        }
                    }
                }
                try await group.waitForAll()
            }
            for one in everybody {
                #expect(try await nodes[0].people(.blocks, of: one).count == 5)
                #expect(try await nodes[0].people(.following, of: one).isEmpty)
            }
        }
    }

    @Test func `to block again, nobody or oneself changes nothing`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            try await node.block(ada, ben)
            let state = try await node.state(conversation)
            try await node.block(ada, ben)
            #expect(try await node.state(conversation) == state)
            await #expect(throws: RelationRefusal.withOneself) { try await node.block(ada, ada) }
            let nobody = try #require(Member.ID("01890000-0000-7000-8000-000000000000"))
            for wanted in [true, false] {
                await #expect(throws: RelationRefusal.unknownPerson) {
                    try await node.services.relations.set(.block, wanted, of: ada.id, to: nobody)
                }
            }
        }
    }
}

extension TestService {
    func block(_ one: Profile, _ other: Profile) async throws {
        try await onLoop { try await $0.relations.set(.block, true, of: one.id, to: other.id) }
    }

    func unblock(_ one: Profile, _ other: Profile) async throws {
        try await onLoop { try await $0.relations.set(.block, false, of: one.id, to: other.id) }
    }

    func follow(_ one: Profile, _ other: Profile) async throws {
        try await onLoop { try await $0.relations.set(.follow, true, of: one.id, to: other.id) }
    }

    /// The first page of a list.
    func people(_ list: RelationList, of member: Profile) async throws -> [Member.ID] {
        let place = RelationPlace(member: member.id, before: nil, limit: 100)
        return try await onLoop { services in
            switch list {
            case .followers: try await services.database.query(FollowersOf(place: place)).map(\.profile.id)
            case .following: try await services.database.query(FollowedBy(place: place)).map(\.profile.id)
            case .blocks: try await services.database.query(BlockedBy(place: place)).map(\.profile.id)
            }
        }
    }

    /// What everybody in a conversation may see of it, and the `members_rev`.
    fileprivate func state(_ conversation: Conversation.ID) async throws -> ConversationState.Value {
        try await services.database.one(ConversationState(conversation: conversation))
    }

    /// What only the member sees of it.
    fileprivate func state(_ conversation: Conversation.ID, of member: Profile) async throws -> Int64 {
        try await services.database.one(OwnRev(conversation: conversation, member: member.id))
    }
}

private struct ConversationState: Statement {
    static let sql = """
        SELECT c.rev, c.last_seq, c.members_rev,
               (SELECT coalesce(string_agg(p.shared_read_seq || ' ' || p.delivered_seq || ' ' || p.rev, ', ' ORDER BY p.user_id), '')
                  FROM participants p WHERE p.conversation_id = c.id)
          FROM conversations c WHERE c.id = $1
        """
    let conversation: Conversation.ID

    struct Value: Equatable, Sendable {
        let rev: Int64
        let lastSeq: Int64
        let membersRev: Int64
        let marks: String
    }

    func bind(to parameters: inout ParameterWriter) { parameters.append(conversation) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Value {
        Value(rev: try row.int64(0), lastSeq: try row.int64(1), membersRev: try row.int64(2), marks: try row.text(3))
    }
}

private struct OwnRev: Statement {
    static let sql = "SELECT own_rev FROM participants WHERE conversation_id = $1 AND user_id = $2"
    let conversation: Conversation.ID
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(member)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}

private struct BackendPID: Statement {
    static let sql = "SELECT pg_backend_pid()"
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int32 { try row.int32(0) }
}

/// How many sessions wait for a lock of one of them.
private struct WaitersFor: Statement {
    static let sql = "SELECT count(*) FROM pg_stat_activity WHERE $1::int4 = ANY (pg_blocking_pids(pid))"
    let pid: Int32

    func bind(to parameters: inout ParameterWriter) { parameters.append(pid) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}
