import JSON
import Testing

@testable import DMService
@testable import Postgres

/// The write of messages, on a real database.
@Suite(.database) struct SendRoomTests {
    // acceptance: A-031, E-006
    @Test func `messages get dense places, and both sides read them in order`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            for number in 1...20 {
                let message = try await node.send("message \(number)", to: conversation, from: number % 2 == 0 ? ada : ben).message
                #expect(message.seq == Int64(number))
                #expect(message.rev == Int64(number))
            }
            let read = try await node.history(conversation, for: ada)
            #expect(read.map(\.content) == (1...20).map { "message \($0)" })
            #expect(try await node.history(conversation, for: ben).map(\.id) == read.map(\.id))
        }
    }

    // acceptance: A-032, D-049
    @Test func `a retry under the same client id gives the original, another message under it is a conflict`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            let first = try await node.send("hello", "key", to: conversation, from: ada)
            _ = try await node.send("in between", to: conversation, from: ben)
            let again = try await node.send("hello", "key", to: conversation, from: ada)
            #expect(!first.isReplay && again.isReplay)
            #expect(again.message.id == first.message.id)
            await #expect(throws: SendRefusal.differentReplay) {
                _ = try await node.send("something else", "key", to: conversation, from: ada)
            }
            let others = try await node.send("hello", "key", to: conversation, from: ben)
            #expect(!others.isReplay, "client ids belong to their sender")
            #expect(try await node.history(conversation, for: ada).map(\.seq) == [1, 2, 3])
        }
    }

    // acceptance
    @Test func `who is not in a conversation can neither write nor read, as if there were none`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (_, _, conversation) = try await node.pair()
            let eve = try await node.newcomer()
            await #expect(throws: SendRefusal.notAParticipant) { _ = try await node.send("let me in", to: conversation, from: eve) }
            let nowhere = Conversation.ID("01890000-0000-7000-8000-000000000000")
            await #expect(throws: SendRefusal.notAParticipant) { _ = try await node.send("hello?", to: try #require(nowhere), from: eve) }
            #expect(try await node.history(conversation, for: eve).isEmpty)
        }
    }

    @Test func `a refused message costs the others of its batch nothing`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            let eve = try await node.newcomer()
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let sender = number % 3 == 0 ? eve : ada
                        return (try? await node.send("\(number)", "c\(number)", to: conversation, from: sender)) != nil
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 40)
            #expect(try await node.history(conversation, for: ada).map(\.seq) == Array(1...40))
        }
    }

    @Test func `the same client id in one batch is one message`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            let messages = await withTaskGroup(of: Message?.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        try? await node.send(
                            "twin \(number % 5)", "twin \(number % 5)".replacing(" ", with: "-"), to: conversation, from: ada
                        ).message
                    }
                }
                return await group.reduce(into: [Message?]()) { $0.append($1) }.compactMap(\.self)
            }
            #expect(messages.count == 50)
            #expect(Set(messages.map(\.id)).count == 5)
            #expect(try await node.history(conversation, for: ada).map(\.seq) == [1, 2, 3, 4, 5])
        }
    }

    // acceptance: C-034
    @Test func `the same client id through two nodes at once is one message, without a hole, and both get the original`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let (ada, ben, conversation) = try await nodes[0].pair()
            for round in 0..<40 {
                async let here = nodes[0].send("round \(round)", "race-\(round)", to: conversation, from: ada)
                async let there = nodes[1].send("round \(round)", "race-\(round)", to: conversation, from: ada)
                async let other = nodes[1].send("noise \(round)", "noise-\(round)", to: conversation, from: ben)
                let (one, two, _) = try await (here, there, other)
                #expect(one.message.id == two.message.id)
                #expect(one.isReplay != two.isReplay)
            }
            #expect(try await nodes[0].history(conversation, for: ada).map(\.seq) == Array(1...80))
        }
    }

    @Test func `a member removed while their message waits for the lock gets nothing in`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let (ada, ben, conversation) = try await nodes[0].pair()
            let sending = try await nodes[0].services.database.transaction { transaction in
                try await transaction.execute(LockConversation(conversation: conversation))
                let sending = Task { try await nodes[1].send("too late", "late", to: conversation, from: ada).message }
                while try await nodes[0].services.database.one(SendsThatWait()) == 0 { try await Task.sleep(for: .milliseconds(5)) }
                try await transaction.execute(RemoveParticipant(conversation: conversation, member: ada.id))
                return sending
            }
            await #expect(throws: SendRefusal.notAParticipant) { _ = try await sending.value }
            #expect(try await nodes[0].history(conversation, for: ben).isEmpty)
        }
    }

    @Test func `a conversation that somebody keeps locked holds up no other`() async throws {
        try await TestService.run(nodes: 2, lockTimeout: .milliseconds(300)) { nodes in
            let node = nodes[1]
            let (ada, _, conversation) = try await nodes[0].pair()
            let (ben, _, other) = try await nodes[0].pair()
            try await nodes[0].services.database.transaction { transaction in
                try await transaction.execute(LockConversation(conversation: conversation))
                for round in 0..<5 {
                    async let refusal = node.refusal("held", "held", to: conversation, from: ada)
                    async let first = node.send("one", "one \(round)", to: other, from: ben)
                    async let second = node.send("two", "two \(round)", to: other, from: ben)
                    _ = try await (first, second)
                    #expect(await refusal == .unavailable)
                }
            }
            #expect(node.metric("parley_write_batches_repeated_total") == 1, "only the first batch waited for the lock")
            #expect(try await node.send("held", "held", to: conversation, from: ada).message.seq == 1)
            #expect(try await nodes[0].history(other, for: ben).map(\.seq) == Array(1...10))
        }
    }

    // acceptance: A-007, B-025
    @Test func `a text over the limit is refused, and the answer says the limit`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            await #expect(throws: SendRefusal.tooLong(limitScalars: 4096)) {
                _ = try await node.send(String(repeating: "ä", count: 4097), to: conversation, from: ada)
            }
            let longest = try await node.send(String(repeating: "🙂", count: 4096), to: conversation, from: ada)
            #expect(longest.message.seq == 1)
            await #expect(throws: SendRefusal.empty) { _ = try await node.send("", to: conversation, from: ada) }
        }
    }
}

struct LockConversation: Statement {
    static let sql = "SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE"
    let conversation: Conversation.ID
    func bind(to parameters: inout ParameterWriter) { parameters.append(conversation) }
}

/// Waiting for a lock of this schema's conversations.
private struct SendsThatWait: Statement {
    static let sql = """
        SELECT count(*) FROM pg_locks l JOIN pg_locks held ON held.pid = l.pid AND held.relation = 'conversations'::regclass WHERE NOT l.granted
        """
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}

private struct RemoveParticipant: Statement {
    static let sql = "UPDATE participants SET left_rev = 0 WHERE conversation_id = $1 AND user_id = $2"
    let conversation: Conversation.ID
    let member: Member.ID
    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(member)
    }
}
