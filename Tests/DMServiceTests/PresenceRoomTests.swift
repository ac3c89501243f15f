import Crypto
import JSON
import Runtime
import Testing

@testable import DMService
@testable import Postgres

/// Who may see who is there, and what is kept of it, on a real database.
@Suite(.database) struct PresenceRoomTests {
    // acceptance: E-027, D-042
    @Test func `somebody who is there is seen by those they share a conversation with, and their last presence is kept`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, _) = try await node.pair()
            #expect(try await node.sees(ada, ben) == .hidden(ben.id), "never seen")
            await node.sockets(of: ben, 1)
            #expect(try await node.sees(ada, ben) == Presence(member: ben.id, isOnline: true, lastSeen: nil))
            let before = Timestamp.now
            await node.sockets(of: ben, 0)
            #expect(try await node.sees(ada, ben).isOnline, "within the grace")
            await node.tick(after: .seconds(5))
            let gone = try await node.sees(ada, ben)
            #expect(!gone.isOnline)
            #expect(try #require(gone.lastSeen) >= before)
            let kept = try await node.written(ben)
            #expect(kept == gone.lastSeen)
        }
    }

    @Test func `an earlier time does not replace a later one, nor does one that has not come`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let ben = try await node.newcomer()
            let now = Timestamp.now
            for (at, stands) in [(now, now), (Timestamp(milliseconds: now.milliseconds - 1_000), now)] {
                try await node.services.database.execute(NoteLastSeen(notes: [(ben.id, at)]))
                #expect(try await node.written(ben) == stands)
            }
            try await node.services.database.execute(NoteLastSeen(notes: [(ben.id, .latest)]))
            #expect(try #require(try await node.written(ben)) < now + .seconds(60))
        }
    }

    // acceptance
    @Test func `strangers, those who do not tell, and nobody look the same`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, _) = try await node.pair()
            let eve = try await node.newcomer()
            let nobody = Member.ID(UUIDv7Generator().next())
            for person in [ada, ben, eve] { await node.sockets(of: person, 1) }
            #expect(try await node.sees(ada, ben).isOnline)
            #expect(try await node.sees(ben, ada).isOnline)
            #expect(try await node.services.presence.look(at: [eve.id, nobody], as: ada.id) == [.hidden(eve.id), .hidden(nobody)])
            try await node.changePrivacy(of: ben, .init(showLastSeen: false))
            #expect(try await node.sees(ada, ben) == .hidden(ben.id))
            #expect(try await node.sees(ben, ada) == .hidden(ada.id), "who does not tell is not told")
            #expect(try await node.sees(ben, ben).isOnline, "everybody sees themselves")
            try await node.changePrivacy(of: ben, .init(showTyping: false))
            try await node.changePrivacy(of: ben, .init(showLastSeen: true))
            #expect(try await node.sees(ada, ben).isOnline)
        }
    }

    @Test func `who has left a conversation is not seen through it`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            await node.sockets(of: ben, 1)
            try await node.services.database.execute(Leave(conversation: conversation, member: ben.id))
            #expect(try await node.sees(ada, ben) == .hidden(ben.id))
            #expect(try await node.audience(conversation).keys.sorted() == [ada.id])
        }
    }

    // acceptance: D-048
    @Test func `across a block neither is seen, whoever made it`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, _) = try await node.pair()
            for person in [ada, ben] { await node.sockets(of: person, 1) }
            for (one, other) in [(ada, ben), (ben, ada)] {
                try await node.services.relations.set(.block, true, of: one.id, to: other.id)
                #expect(try await node.sees(one, other) == .hidden(other.id))
                #expect(try await node.sees(other, one) == .hidden(one.id))
                try await node.services.relations.set(.block, false, of: one.id, to: other.id)
                #expect(try await node.sees(other, one).isOnline)
            }
        }
    }

    @Test func `answers come in the order of the question, each person once, and not for too many`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, _) = try await node.pair()
            let others = (0..<98).map { _ in Member.ID(UUIDv7Generator().next()) }
            let asked = others + [ben.id, ada.id]
            let answers = try await node.services.presence.look(at: asked, as: ada.id)
            #expect(answers.map(\.member) == asked)
            #expect(try await node.services.presence.look(at: [ben.id, ada.id, ben.id], as: ada.id).map(\.member) == [ben.id, ada.id])
            await #expect(throws: PresenceRefusal.tooMany(100)) {
                try await node.services.presence.look(at: asked + [others[0]], as: ada.id)
            }
            #expect(try await node.services.presence.look(at: [], as: ada.id).isEmpty)
        }
    }

    @Test func `a crowd that asks at once is answered, and that leaves at once is written in few statements`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            var people: [Profile] = []
            for _ in 0..<30 { people.append(try await node.newcomer()) }
            let crowd = people
            for other in crowd.dropFirst() { _ = try await node.services.conversations.direct(of: crowd[0].id, with: other.id) }
            for person in crowd { await node.sockets(of: person, 1) }
            let seen = try await withThrowingTaskGroup(of: Bool.self) { group in
                for other in crowd.dropFirst() {
                    group.addTask { try await node.sees(other, crowd[0]).isOnline }
                    group.addTask { try await node.sees(crowd[0], other).isOnline }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(seen.count == 58 && seen.allSatisfy(\.self))
            for person in crowd { await node.sockets(of: person, 0) }
            await node.tick(after: .seconds(5))
            for person in crowd { #expect(try await node.written(person) != nil) }
            #expect(node.metric("parley_last_seen_written_total") == 30)
        }
    }

    // acceptance: C-033
    @Test func `who may hear somebody type is what the database says`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben, conversation) = try await node.pair()
            #expect(try await node.audience(conversation) == [ada.id: .init(shows: true), ben.id: .init(shows: true)])
            try await node.changePrivacy(of: ben, .init(showTyping: false))
            #expect(try await node.audience(conversation) == [ada.id: .init(shows: true), ben.id: .init(shows: false)])
            try await node.services.relations.set(.block, true, of: ada.id, to: ben.id)
            #expect(try await node.audience(conversation).mapValues(\.bars) == [ada.id: .ownBlock, ben.id: .blockedByOther])
        }
    }

    @Test func `privacy is changed one setting at a time`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let ada = try await node.newcomer()
            var privacy = try #require(try await node.services.database.first(PrivacyOf(member: ada.id)))
            #expect(privacy.readReceipts && privacy.showTyping && privacy.showLastSeen)
            privacy = try await node.changePrivacy(of: ada, .init(showLastSeen: false))
            #expect(privacy.readReceipts && privacy.showTyping && !privacy.showLastSeen)
            privacy = try await node.changePrivacy(of: ada, .init(readReceipts: false, showTyping: false))
            #expect(!privacy.readReceipts && !privacy.showTyping && !privacy.showLastSeen)
        }
    }
}

extension TestService {
    fileprivate func sees(_ viewer: Profile, _ other: Profile) async throws -> Presence {
        try #require(try await services.presence.look(at: [other.id], as: viewer.id).first)
    }

    /// Lets a member have so many sockets, none or one.
    fileprivate func sockets(of person: Profile, _ count: Int) async {
        let desk = services.presence.desk
        await services.presence.loop.run { _ in
            if count > 0 { desk.socketOpened(of: person.id) } else { desk.socketEnded(of: person.id) }
        }
    }

    /// Does what is due by then, and waits until it is written.
    fileprivate func tick(after delay: Duration) async {
        let presence = services.presence
        await presence.loop.run { loop in presence.desk.tick(now: loop.now + UInt64(delay.components.seconds) * 1_000) }
        await presence.loop.perform { await presence.desk.end() }
    }

    @discardableResult fileprivate func changePrivacy(of person: Profile, _ change: Privacy.Change) async throws -> Privacy {
        let account = try #require(try await services.database.first(ChangePrivacy(member: person.id, change: change)))
        services.presence.accountChanged(person.id)
        return account.privacy
    }

    fileprivate func audience(_ conversation: Conversation.ID) async throws -> TypingAudiences.Audience {
        let lines = try await services.database.query(TypingAudiencesOf(conversations: [conversation]))
        return Dictionary(lines.map { ($0.member, $0.place) }) { $1 }
    }

    /// When the database knew a member there.
    fileprivate func written(_ person: Profile) async throws -> Timestamp? {
        try await services.database.one(LastSeenOf(member: person.id))
    }
}

private struct LastSeenOf: Statement {
    static let sql = "SELECT last_seen_at FROM users WHERE id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Timestamp? { try row.optional(0) }
}

private struct Leave: Statement {
    static let sql = "UPDATE participants SET left_rev = 1 WHERE conversation_id = $1 AND user_id = $2"
    let conversation: Conversation.ID
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(member)
    }
}
