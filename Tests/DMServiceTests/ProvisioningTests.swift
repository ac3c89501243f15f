import Crypto
import HTTPServer
import JSON
import Testing

@testable import DMService
@testable import Postgres

/// What the host app's servers say of its people, on a real database.
@Suite(.database) struct ProvisioningTests {
    @Test func `an account is made once, and called anew as often as one likes`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let made = try await withThrowingTaskGroup(of: (ProvisionedPerson, Bool).self) { group in
                for number in 0..<12 {
                    group.addTask { try await nodes[number % 2].provision("p 1/ä", #"{"display_name":"Ada"}"#) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(made.map(\.0.id)).count == 1 && made.count { $0.1 } == 1)
            let (person, isNew) = try await nodes[0].provision("p 1/ä", #"{"username":"ada_1"}"#)
            #expect(!isNew && person.username == "ada_1" && person.displayName == "Ada" && person.externalID == "p 1/ä")
            let (again, _) = try await nodes[0].provision("p 1/ä", "{}")
            #expect(again.username == "ada_1" && again.displayName == "Ada")
        }
    }

    @Test func `a name that somebody has is refused, and nothing is made or changed`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            _ = try await node.provision("one", #"{"username":"taken"}"#)
            _ = try await node.provision("two", #"{"username":"free"}"#)
            for externalID in ["two", "three"] {
                await #expect(throws: AccountRefusal.taken) { try await node.provision(externalID, #"{"username":"TAKEN"}"#) }
            }
            await #expect(throws: AccountRefusal.badUsername) { try await node.provision("two", #"{"username":"a b"}"#) }
            await #expect(throws: AccountRefusal.badDisplayName) { try await node.provision("two", #"{"display_name":" "}"#) }
            #expect(try await node.provision("two", "{}").0.username == "free")
            #expect(try await node.services.database.first(HostAccount(subject: "three")) == nil)
        }
    }

    @Test func `whole sets and changes of follows and blocks, with what is wrong with single ones`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            var people: [String: Member.ID] = [:]
            for name in ["a", "b", "c", "d"] { people[name] = try await node.provision(name, "{}").0.id }
            let stranger = try await node.newcomer()
            let ada = Profile(id: try #require(people["a"]), username: "", displayName: "")
            try await node.follow(ada, stranger)

            var report = try await node.set(.follow, of: "a", #"{"set":["b","c","b","nobody","a",""]}"#)
            #expect(report.changed == 2 && report.unchanged == 0)
            #expect(report.failures.map(\.externalID) == ["a", "", "nobody"])
            #expect(report.failures.map { $0.refusal.httpError.code } == [.validation, .notFound, .notFound])
            #expect(Set(try await node.people(.following, of: ada)) == [people["b"], people["c"], stranger.id])

            report = try await node.set(.follow, of: "a", #"{"set":["c","d"]}"#)
            #expect(report.changed == 2 && report.unchanged == 1 && report.failures.isEmpty)
            #expect(
                Set(try await node.people(.following, of: ada)) == [people["c"], people["d"], stranger.id],
                "whom the host app does not know stays")
            report = try await node.set(.follow, of: "a", #"{"add":["b"],"remove":["c","nobody"]}"#)
            #expect(report.changed == 2 && report.failures.map(\.externalID) == ["nobody"])

            report = try await node.set(.block, of: "b", #"{"add":["a"]}"#)
            #expect(report.changed == 1)
            report = try await node.set(.follow, of: "a", #"{"set":["b","d"]}"#)
            #expect(report.unchanged == 1 && report.failures.map { $0.refusal } == [.privacy(.notAllowed)])
            report = try await node.set(.block, of: "b", #"{"set":[]}"#)
            #expect(report.changed == 1)
            await #expect(throws: HTTPError.self) { try await node.set(.block, of: "nobody", #"{"set":[]}"#) }
        }
    }

    @Test func `a long list is written in slices`() async throws {
        try await TestService.run { nodes in
            let node = nodes[0]
            let names = (0..<250).map { "person \($0)" }
            for name in names { _ = try await node.provision(name, "{}") }
            let list = names.map { "\"\($0)\"" }.joined(separator: ",")
            for relation in [Relation.follow, .block] {
                let report = try await node.set(relation, of: "person 7", #"{"set":[\#(list)]}"#)
                #expect(report.changed == 249 && report.failures.count == 1)
                let again = try await node.set(relation, of: "person 7", #"{"set":[\#(list)]}"#)
                #expect(again.changed == 0 && again.unchanged == 249)
            }
        }
    }
}

@Suite struct RelationsDraftTests {
    @Test(arguments: [
        #"{}"#, #"{"set":["a"],"add":[]}"#, #"{"set":"a"}"#, #"{"add":[1]}"#, #"[]"#,
        "{\"set\":[" + (0...1000).map { "\"\($0)\"" }.joined(separator: ",") + "]}",
        "{\"add\":[" + (0..<600).map { "\"\($0)\"" }.joined(separator: ",") + "],\"remove\":["
            + (0..<401).map { "\"\($0)\"" }.joined(separator: ",") + "]}",
    ])
    func `a list that says too much or nothing is refused`(_ text: String) {
        #expect(throws: JSONError.self) { try JSON.decode(RelationsDraft.self, from: Array(text.utf8)) }
    }
}

@Suite struct APIKeyTests {
    private static let key = "0123456789abcdef0123456789abcdef"

    private func keys(_ value: String) throws -> [APIKey] {
        try TestService.configuration(["PARLEY_API_KEYS": value]).apiKeys
    }

    @Test func `keys are named, given as they are or by their digest, and not kept`() throws {
        let digest = SHA256.digest(of: Array(Self.key.utf8))
        let keys = try keys("app=\(Self.key), billing-2=sha256:\(Hex.encode(digest.bytes)) ,b=\(Self.key)=")
        #expect(keys.map(\.name) == ["app", "billing-2", "b"])
        #expect(keys[0].digest == digest && keys[1].digest == digest && keys[2].digest != digest)
        #expect(try TestService.configuration().apiKeys.isEmpty)
    }

    @Test(arguments: [
        Self.key, "app=", "=\(Self.key)", "app=short", "App=\(Self.key)", "app=sha256:00",
        "app=sha256:" + String(repeating: "g", count: 64),
        "app=\(Self.key),app=\(Self.key)", "app=\(Self.key)é", "app=" + String(repeating: "k", count: 257),
    ])
    func `what is no key is named by its variable, and not repeated`(_ value: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try keys(value) }
        #expect(error?.variable == "PARLEY_API_KEYS")
        #expect(error?.description.contains(Self.key) == false)
    }
}

extension TestService {
    fileprivate func provision(_ externalID: String, _ json: String) async throws -> (ProvisionedPerson, Bool) {
        let draft = try JSON.decode(ProvisionedPerson.Draft.self, from: Array(json.utf8))
        return try await onLoop { try await $0.provisioning.provision(externalID, draft, by: "test") }
    }

    fileprivate func set(_ relation: Relation, of externalID: String, _ json: String) async throws -> RelationsReport {
        let wish = try JSON.decode(RelationsDraft.self, from: Array(json.utf8)).wish
        return try await onLoop { try await $0.provisioning.set(relation, of: externalID, to: wish, by: "test") }
    }
}
