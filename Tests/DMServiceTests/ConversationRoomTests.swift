import HTTPServer
import Postgres
import Testing

@testable import DMService

@Suite(.database) struct ConversationRoomTests {
    // acceptance, C-010
    @Test func `two people have one direct conversation, whoever asks and however often`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let (ada, ben) = (try await nodes[0].newcomer(), try await nodes[0].newcomer())
            let made = try await withThrowingTaskGroup(of: (Conversation, Bool).self) { group in
                for number in 0..<16 {
                    let pair = number % 2 == 0 ? (ada.id, ben.id) : (ben.id, ada.id)
                    group.addTask { try await nodes[number % 2].onLoop { try await $0.conversations.direct(of: pair.0, with: pair.1) } }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(made.map { $0.0.id }).count == 1)
            #expect(made.count { $0.1 } == 1)
            #expect(Set(made[0].0.participants.map(\.profile.id)) == [ada.id, ben.id])
        }
    }

    // acceptance: D-050
    @Test func `nobody writes to themselves, or to somebody who does not exist`() async throws {
        try await TestService.run { nodes in
            let ada = try await nodes[0].newcomer()
            await #expect(throws: ConversationRefusal.withOneself) {
                _ = try await nodes[0].services.conversations.direct(of: ada.id, with: ada.id)
            }
            let nobody = try #require(Member.ID("01890000-0000-7000-8000-000000000000"))
            await #expect(throws: ConversationRefusal.unknownRecipient) {
                _ = try await nodes[0].services.conversations.direct(of: ada.id, with: nobody)
            }
        }
    }

    // acceptance: A-064
    @Test func `a stranger's conversation is as absent as one that never was`() async throws {
        try await TestService.run { nodes in
            let (_, _, conversation) = try await nodes[0].pair()
            let eve = try await nodes[0].newcomer()
            let nowhere = try #require(Conversation.ID("01890000-0000-7000-8000-000000000000"))
            for id in [conversation, nowhere] {
                await #expect {
                    _ = try await nodes[0].services.conversations.conversation(id, for: eve.id)
                } throws: { ($0 as? HTTPError)?.code == .notFound }
            }
        }
    }

    @Test func `the list shows the latest first, page by page, each with its last message`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let ada = try await node.newcomer()
            var conversations: [Conversation.ID] = []
            for number in 0..<7 {
                let friend = try await node.newcomer()
                let conversation = try await node.services.conversations.direct(of: ada.id, with: friend.id).conversation.id
                _ = try await node.send("to \(number)", to: conversation, from: ada)
                conversations.append(conversation)
            }
            var seen: [Conversation.ID] = []
            var before: ConversationsOf.Position?
            repeat {
                let page = try await node.services.database.query(ConversationsOf(member: ada.id, before: before, limit: 3))
                seen += page.map(\.summary.id)
                before = page.count == 3 ? page.last?.position : nil
            } while before != nil
            #expect(seen == conversations.reversed())
            let first = try await node.services.database.query(ConversationsOf(member: ada.id, before: nil, limit: 1))
            #expect(first.first?.summary.lastMessage?.content == "to 6")
        }
    }
}
