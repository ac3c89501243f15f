import HTTPServer
import Testing

@testable import DMService
@testable import Postgres

/// Finding people and conversations by names, on a real database.
@Suite(.database) struct NameSearchTests {
    // acceptance: A-026
    @Test(arguments: [
        ("Ada Lovelace", ["ada", "ADA L", "love", "lovelace", "ada-lovelace", " lovel "], ["dal", "ace", "adal", "lovelacex"]),
        ("Jean-Luc O'Neil", ["jean", "luc", "luc o", "o'n", "neil", "JEAN LUC"], ["eil", "jeanluc"]),
        ("Élodie Ünal", ["élo", "ÉLO", "üna", "ÜNAL"], ["elo"]),
        ("王伟", ["王", "王伟"], ["伟人"]),
        ("ＦＵＬＬ Ⅷ", ["full", "viii"], ["ⅷx"]),
        ("Мария Кюри", ["мар", "КЮРИ"], ["юри"]),
    ])
    func `a person is found by the beginning of each word of their name, without regard to case`(
        _ name: String, _ hits: [String], _ misses: [String]
    ) async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let person = try await node.newcomer()
            let viewer = try await node.newcomer()
            try await node.call(person, name)
            for text in hits { #expect(try await node.found(text, by: viewer) == [person.id], "\(text)") }
            for text in misses { #expect(try await node.found(text, by: viewer).isEmpty, "\(text)") }
        }
    }

    @Test func `a new name takes the place of the old one, and a username is found as it is written`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (person, viewer) = (try await node.newcomer(), try await node.newcomer())
            try await node.call(person, "Grace Hopper")
            try await node.call(person, "Barbara Liskov")
            #expect(try await node.found("hopper", by: viewer).isEmpty)
            #expect(try await node.found("liskov", by: viewer) == [person.id])
            #expect(try await node.found(String(person.username.prefix(18)), by: viewer) == [person.id])
        }
    }

    @Test func `signs alone find nobody, and so does too little`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (person, viewer) = (try await node.newcomer(), try await node.newcomer())
            try await node.call(person, "Ada %_\\ Lovelace")
            for text in ["%%%", "___", "...", "a..", "🦄", "ad ", "   ", "\\\\\\"] {
                #expect(try await node.found(text, by: viewer).isEmpty, "\(text)")
            }
            #expect(try await node.found("ada", by: viewer) == [person.id])
        }
    }

    @Test func `pages follow each other, and everybody comes once`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let viewer = try await node.newcomer()
            var all: Set<Member.ID> = []
            for number in 0..<13 {
                let person = try await node.newcomer()
                try await node.call(person, number % 2 == 0 ? "Zoe Zoepfel \(number)" : "Zo\(number % 3) Zoe")
                all.insert(person.id)
            }
            var seen: [Member.ID] = []
            var after: NamePosition?
            repeat {
                let search = PeopleByName(viewer: viewer.id, text: "zoe", after: after, limit: 3)
                let page = try await node.services.database.query(search)
                seen += page.map(\.profile.id)
                after = page.count == 3 ? page.last.flatMap { NamePosition($0.position.text) } : nil
            } while after != nil
            #expect(Set(seen) == all && seen.count == all.count)
        }
    }

    // acceptance: D-048
    @Test func `a blocker shows their username alone, and is not found by their name`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let (ada, ben) = (try await node.newcomer(), try await node.newcomer())
            // The name begins like the username: it must not hide the one by which they may be found.
            try await node.call(ada, "\(ada.username.prefix(6)) lovelace")
            func profile(of one: Profile, for viewer: Profile) async throws -> Profile? {
                try await node.services.database.first(ProfileFor(member: one.id, viewer: viewer.id))
            }
            try await node.block(ada, ben)
            #expect(try await profile(of: ada, for: ben)?.displayName == ada.username)
            #expect(try await profile(of: ben, for: ada)?.displayName == "Load")
            #expect(try await node.found("lovelace", by: ben).isEmpty)
            #expect(try await node.found("lovelace", by: ada) == [ada.id])
            let byUsername = PeopleByName(viewer: ben.id, text: ada.username, after: nil, limit: 10)
            #expect(try await node.services.database.query(byUsername).map(\.profile.displayName) == [ada.username])
            let exact = PeopleByUsername(prefix: ada.username.lowercased(), after: "", limit: 2, viewer: ben.id)
            #expect(try await node.services.database.query(exact).map(\.displayName) == [ada.username])
            try await node.unblock(ada, ben)
            #expect(try await node.found("lovelace", by: ben) == [ada.id])
        }
    }

    // acceptance: D-006
    @Test func `conversations are chosen by what is unread and by the other one's name`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let ada = try await node.newcomer()
            var conversations: [String: Conversation.ID] = [:]
            for name in ["Grace Hopper", "Barbara Liskov", "Grace Kelly"] {
                let other = try await node.newcomer()
                try await node.call(other, name)
                let id = try await node.services.conversations.direct(of: ada.id, with: other.id).conversation.id
                conversations[name] = id
                _ = try await node.send("hello", to: id, from: name == "Grace Kelly" ? ada : other)
            }
            func names(_ unread: Bool, _ name: String?) async throws -> [String] {
                let page = ConversationsOf(member: ada.id, before: nil, limit: 10)
                let found = try await node.services.database.query(
                    ConversationsMatching(page: page, isUnreadOnly: unread, name: name))
                return found.map(\.summary.peer.displayName)
            }
            #expect(try await names(false, nil) == ["Grace Kelly", "Barbara Liskov", "Grace Hopper"])
            #expect(try await names(true, nil) == ["Barbara Liskov", "Grace Hopper"])
            #expect(try await names(false, "gra") == ["Grace Kelly", "Grace Hopper"])
            #expect(try await names(true, "g") == ["Grace Hopper"])
            #expect(try await names(false, "...").isEmpty)
            _ = try await node.mark(.read, by: ada, in: try #require(conversations["Grace Hopper"]), 1)
            #expect(try await names(true, nil) == ["Barbara Liskov"])
        }
    }
}

@Suite struct NamePositionTests {
    @Test func `a place among names is read as it was written`() throws {
        let id = try #require(Member.ID("01890000-0000-7000-8000-000000000000"))
        for name in ["ada", "ada lovelace", "a.b.c", "", "王伟"] {
            let position = NamePosition(name: name, id: id)
            let read = try #require(NamePosition(position.text))
            #expect(read.name == name && read.id == id)
        }
        for text in ["", ".", "ada", "\(id)", "x.ada", "\(id).a\0b"] { #expect(NamePosition(text) == nil) }
    }
}

extension TestService {
    fileprivate func call(_ person: Profile, _ name: String) async throws {
        _ = try await onLoop { try await $0.accounts.rename(person.id, to: name) }
    }

    fileprivate func found(_ text: String, by viewer: Profile) async throws -> [Member.ID] {
        try await services.database.query(PeopleByName(viewer: viewer.id, text: text, after: nil, limit: 10)).map(\.profile.id)
    }
}
