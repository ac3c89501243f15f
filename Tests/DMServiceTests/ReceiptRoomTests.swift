import JSON
import Runtime
import Testing

@testable import DMService
@testable import Postgres

/// Marks of reading and of having, on a real database.
@Suite(.database) struct ReceiptRoomTests {
    // acceptance: A-018, B-012, D-037
    @Test func `a mark goes forward only, and never beyond the newest message`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            let early = try await node.mark(.read, by: ben, in: conversation, 5)
            #expect(early.receipt.read == nil && early.receipt.delivered == nil, "there is nothing to have read yet")
            for number in 1...5 { _ = try await node.send("\(number)", to: conversation, from: ada) }
            let marks = [(3, 3), (2, 3), (4, 4), (4, 4), (900, 5), (1, 5)] as [(Int64, Int64)]
            for (seq, stands) in marks {
                let standing = try await node.mark(.read, by: ben, in: conversation, seq)
                #expect(standing.receipt.read?.seq == stands)
                #expect(standing.receipt.delivered?.seq == stands, "who has read it has it")
            }
            let history = try await node.services.database.query(ReceiptHistory(conversation: conversation, member: ben.id))
            #expect(history == ["1:3", "1:4", "1:5", "2:3", "2:4", "2:5"])
        }
    }

    @Test func `what others see moves the conversation's rev, one for each mark, and nothing else does`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            for number in 1...4 { _ = try await node.send("\(number)", to: conversation, from: ada) }
            _ = try await node.mark(.delivered, by: ben, in: conversation, 2)
            #expect(try await node.rev(conversation, for: ada) == 5)
            _ = try await node.mark(.delivered, by: ben, in: conversation, 2)
            _ = try await node.mark(.delivered, by: ben, in: conversation, 1)
            #expect(try await node.rev(conversation, for: ada) == 5)
            let read = try await node.mark(.read, by: ben, in: conversation, 2)
            #expect(read.receipt.rev == 6)
            #expect(try await node.send("5", to: conversation, from: ada).message.rev == 7)
        }
    }

    // acceptance
    @Test func `who is not in a conversation has no mark in it`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, _, conversation) = try await node.pair()
            let eve = try await node.newcomer()
            let message = try await node.send("secret", to: conversation, from: ada).message
            for target in [.seq(1), .message(message.id)] as [ReceiptActions.Target] {
                await #expect(throws: MarkRefusal.notAParticipant) {
                    try await node.services.receipts.move(.read, of: eve.id, in: conversation, to: target)
                }
            }
            await #expect(throws: (any Error).self) { try await node.services.receipts.status(of: message.id, in: nil, for: eve.id) }
            #expect(try await node.rev(conversation, for: ada) == 1)
        }
    }

    @Test func `what somebody reads without telling is theirs alone, and they are not told of others`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            let message = try await node.send("hello", to: conversation, from: ada).message
            _ = try await node.services.database.first(ChangePrivacy(member: ben.id, change: Privacy.Change(readReceipts: false)))
            let standing = try await node.mark(.read, by: ben, in: conversation, 1)
            #expect(standing.receipt.read?.seq == 1 && standing.ownRev == 1)
            let status = try await node.services.receipts.status(of: message.id, in: nil, for: ada.id)
            #expect(status.recipients.map(\.stage) == [.delivered], "the device has it, more is not told")
            let answer = try await node.send("and?", to: conversation, from: ben).message
            _ = try await node.mark(.read, by: ada, in: conversation, 2)
            let hidden = try await node.services.receipts.status(of: answer.id, in: nil, for: ben.id)
            #expect(hidden.recipients.map(\.stage) == [.delivered], "who does not tell is not told")
            _ = try await node.services.database.first(ChangePrivacy(member: ben.id, change: Privacy.Change(readReceipts: true)))
            #expect(try await node.services.receipts.status(of: answer.id, in: nil, for: ben.id).recipients.map(\.stage) == [.read])
            #expect(try await node.services.receipts.status(of: message.id, in: nil, for: ada.id).recipients.map(\.stage) == [.delivered])
            _ = try await node.mark(.read, by: ben, in: conversation, 2)
            #expect(try await node.services.receipts.status(of: message.id, in: nil, for: ada.id).recipients.map(\.stage) == [.read])
        }
    }

    // acceptance: E-028, D-037
    @Test func `a message's status is the first time that a mark reached it`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            var messages: [Message] = []
            for number in 1...3 { messages.append(try await node.send("\(number)", to: conversation, from: ada).message) }
            _ = try await node.mark(.delivered, by: ben, in: conversation, 2)
            _ = try await node.mark(.read, by: ben, in: conversation, 1)
            _ = try await node.mark(.read, by: ben, in: conversation, 2)
            var statuses: [MessageStatus] = []
            for message in messages { statuses.append(try await node.services.receipts.status(of: message.id, in: nil, for: ada.id)) }
            #expect(statuses.map { $0.recipients.map(\.stage) } == [[.read], [.read], [.sent]])
            let first = statuses[0].recipients[0]
            let second = statuses[1].recipients[0]
            #expect(first.member == ben.id)
            #expect(first.deliveredAt == second.deliveredAt, "one act of having covers both")
            #expect(try #require(first.readAt) <= #require(second.readAt))
            #expect(try #require(first.deliveredAt) <= #require(first.readAt))
        }
    }

    // acceptance: C-014, C-031
    @Test func `unread counts are right after any sequence of messages and marks`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            var random = SplitMix64(seed: 7)
            var senders: [Profile] = []
            var marks = [ada.id: 0, ben.id: 0]
            for _ in 0..<150 {
                let who = Bool.random(using: &random) ? ada : ben
                if Int.random(in: 0..<3, using: &random) > 0 {
                    _ = try await node.send("x", to: conversation, from: who)
                    senders.append(who)
                } else {
                    let seq = Int.random(in: 1...(senders.count + 2), using: &random)
                    _ = try await node.mark(.read, by: who, in: conversation, Int64(seq))
                    marks[who.id] = max(marks[who.id] ?? 0, min(seq, senders.count))
                }
                for member in [ada, ben] {
                    let expected = senders.dropFirst(marks[member.id] ?? 0).count { $0.id != member.id }
                    let counts = try await node.services.receipts.unread(of: member.id)
                    #expect(counts.conversations.map(\.count.shown) == (expected == 0 ? [] : [Int64(expected)]))
                }
            }
        }
    }

    @Test func `what one wrote oneself is passed over, and not without end`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            let database = node.services.database
            try await database.execute(WriteMany(conversation: conversation, sender: ada.id, count: Unread.reach - 2))
            for number in 1...4 { _ = try await node.send("\(number)", to: conversation, from: ben) }
            #expect(try await node.services.receipts.unread(of: ada.id).conversations.map(\.count.shown) == [2])
            #expect(try await node.services.receipts.unread(of: ben.id).conversations.map(\.count.shown) == [Int64(Unread.limit + 1)])
            _ = try await node.mark(.read, by: ada, in: conversation, 10)
            #expect(try await node.services.receipts.unread(of: ada.id).conversations.map(\.count.shown) == [4])
        }
    }

    @Test func `beyond the limit nobody counts`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<1_100 { group.addTask { _ = try? await node.send("\(number)", to: conversation, from: ada) } }
            }
            let counts = try await node.services.receipts.unread(of: ben.id)
            #expect(counts.conversations.map(\.count.shown) == [Int64(Unread.limit + 1)])
            #expect(try await node.services.receipts.unread(of: ada.id).conversations.isEmpty, "nobody has their own to read")
        }
    }

    @Test func `a conversation that somebody keeps locked holds up no other's marks, and no messages`() async throws {
        try await TestService.run(nodes: 2, lockTimeout: .milliseconds(300)) { nodes in
            let node = nodes[1]
            let (ada, _, locked) = try await nodes[0].pair()
            let (ben, eve, other) = try await nodes[0].pair()
            _ = try await node.send("to be read", to: locked, from: ada)
            try await nodes[0].services.database.transaction { transaction in
                try await transaction.execute(LockConversation(conversation: locked))
                for round in 1...5 {
                    async let held = node.markRefusal(.read, by: ada, in: locked, 1)
                    async let sent = node.send("\(round)", to: other, from: ben)
                    let seq = try await sent.message.seq
                    async let mark = node.mark(.read, by: eve, in: other, seq)
                    async let refusal = node.refusal("held", "held", to: locked, from: ada)
                    #expect(try await mark.receipt.read?.seq == Int64(round))
                    #expect(await held == .unavailable)
                    #expect(await refusal == .unavailable)
                }
            }
            #expect(node.metric("parley_receipt_batches_repeated_total") == 1, "only the first batch waited for the lock")
            #expect(try #require(node.metric("parley_write_batches_repeated_total")) <= 1, "and messages know it from the marks")
            #expect(try await node.mark(.read, by: ada, in: locked, 1).receipt.read?.seq == 1)
            #expect(try await node.send("held", "held", to: locked, from: ada).message.seq == 2)
        }
    }

    @Test func `marks and messages of two nodes at once leave no rev unused and none used twice`() async throws {
        try await TestService.run(nodes: 2, loops: 2) { nodes in
            let (ada, ben, conversation) = try await nodes[0].pair()
            _ = try await nodes[0].send("first", to: conversation, from: ada)
            await withTaskGroup(of: Void.self) { group in
                for number in 1...80 {
                    for node in nodes {
                        group.addTask { _ = try? await node.send("\(number)", to: conversation, from: number % 2 == 0 ? ada : ben) }
                        group.addTask { _ = try? await node.mark(.read, by: number % 2 == 0 ? ben : ada, in: conversation, Int64(number)) }
                        group.addTask { _ = try? await node.mark(.delivered, by: ben, in: conversation, Int64(2 * number)) }
                    }
                }
            }
            let changes = try await nodes[0].services.database.query(RevsOf(conversation: conversation))
            let rev = try await nodes[0].rev(conversation, for: ada)
            #expect(changes.reduce(0, +) == rev, "messages, and moves that others see")
            #expect(try await nodes[0].history(conversation, for: ada).count == 161)
        }
    }
}

extension TestService {
    func mark(_ kind: Receipt.Kind, by member: Profile, in conversation: Conversation.ID, _ seq: Int64) async throws -> Standing {
        try await services.receipts.move(kind, of: member.id, in: conversation, to: .seq(seq))
    }

    /// Why such a mark is not taken.
    func markRefusal(_ kind: Receipt.Kind, by member: Profile, in conversation: Conversation.ID, _ seq: Int64) async -> MarkRefusal? {
        do {
            _ = try await mark(kind, by: member, in: conversation, seq)
            return nil
        } catch {
            return error as? MarkRefusal
        }
    }

    func rev(_ conversation: Conversation.ID, for viewer: Profile) async throws -> Int64 {
        try await services.conversations.conversation(conversation, for: viewer.id).rev
    }
}

/// What is kept of somebody's marks, as `kind:seq`.
private struct ReceiptHistory: Statement {
    static let sql = "SELECT kind || ':' || seq FROM receipts WHERE conversation_id = $1 AND user_id = $2 ORDER BY kind, seq"
    let conversation: Conversation.ID
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(member)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> String { try row.text(0) }
}

/// How many `rev` each change took: messages have a span, a mark takes one.
private struct RevsOf: Statement {
    static let sql = """
        SELECT coalesce(to_seq - from_seq + 1, 1) FROM changes WHERE conversation_id = $1 AND user_id IS NULL AND rev > 0
        """
    let conversation: Conversation.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(conversation) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}

/// So many messages of one sender, as if they had been sent.
private struct WriteMany: Statement {
    static let sql = """
        WITH written AS (
            INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, kind, body)
            SELECT $1, n, n, clock_timestamp(), $2, 1, 'mine' FROM generate_series(1, $3::bigint) n)
        UPDATE conversations SET last_seq = $3, rev = $3 WHERE id = $1
        """
    let conversation: Conversation.ID
    let sender: Member.ID
    let count: Int

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(sender)
        parameters.append(Int64(count))
    }
}
