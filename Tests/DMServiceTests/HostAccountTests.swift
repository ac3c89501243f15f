import Foundation
import HTTPClient
import JSON
import Observability
import Runtime
import Synchronization
import Testing

@testable import Crypto
@testable import DMService
@testable import Postgres

/// A host app that signs with one key, and has a file with its public half.
private struct HostApp: Sendable {
    let key: Ed25519.PrivateKey
    let keyFile: String
    let second = Timestamp.now.milliseconds / 1000

    init(seed: UInt8 = 7) throws {
        key = try #require(Ed25519.PrivateKey(seed: [UInt8](repeating: seed, count: 32)))
        keyFile = FileManager.default.temporaryDirectory.appending(path: "parley-test-\(UUID().uuidString).json").path
        try Data(document).write(to: URL(filePath: keyFile))
    }

    var document: [UInt8] { Array(#"{"keys":[\#(entry("host"))]}"#.utf8) }

    func entry(_ name: String) -> String {
        #"{"kty":"OKP","crv":"Ed25519","kid":"\#(name)","x":"\#(Base64.url.encode(key.publicKey))"}"#
    }

    /// - Parameter age: seconds since it was issued.
    func token(_ subject: String, device: String? = nil, age: Int64 = 5, life: Int64 = 900, kid: String = "host", _ more: String = "")
        -> String
    {
        let device = device.map { #","device_id":"\#($0)""# } ?? ""
        let claims = #"{"sub":"\#(subject)","iat":\#(second - age),"exp":\#(second + life)\#(device)\#(more)}"#
        let signed = [#"{"alg":"EdDSA","kid":"\#(kid)"}"#, claims].map { Base64.url.encode(Array($0.utf8)) }.joined(separator: ".")
        return signed + "." + Base64.url.encode(key.signature(for: Array(signed.utf8)))
    }

    var settings: [String: String] { ["PARLEY_JWKS_FILE": keyFile] }

    /// Runs `body` with nodes that trust this host app.
    func run(nodes: Int = 1, _ body: @escaping @Sendable ([TestService]) async throws -> Void) async throws {
        try await TestService.run(nodes: nodes, settings: settings, body)
    }
}

extension TestService {
    /// Who a token is good for.
    fileprivate func bearer(_ token: String) async throws -> Bearer? {
        try await onLoop { try await $0.authentication.read(token) }
    }

    fileprivate func account(_ token: String) async throws -> Account? {
        guard let bearer = try await bearer(token) else { return nil }
        return try await services.accounts.ownAccount(of: bearer.member)?.account
    }
}

@Suite(.database) struct HostAccountTests {
    // MARK: - Accounts

    @Test func `a subject that comes for the first time gets an account, and keeps it`() async throws {
        let host = try HostApp()
        try await host.run(nodes: 2) { nodes in
            let first = try #require(
                try await nodes[0].account(host.token("u/1", #","preferred_username":"Ada.L","name":" Ada\nLovelace ""#)))
            #expect(first.username == "Ada.L" && first.displayName == "Ada Lovelace" && first.email == nil)
            let again = try #require(try await nodes[1].account(host.token("u/1", device: "x", #","preferred_username":"Else""#)))
            #expect(again.id == first.id && again.username == "Ada.L")
            #expect(try await nodes[0].account(host.token("u/2"))?.id != first.id)
            #expect(try await nodes[0].account(host.token("U/1"))?.id != first.id, "subjects are compared as they are")
        }
    }

    @Test(arguments: ["", "ada", "ADA", "a", "a b", "ädä", "x\u{0000}y", String(repeating: "a", count: 33)])
    func `a name that is taken or none gives way to one that is made up`(name: String) async throws {
        let host = try HostApp()
        try await host.run { nodes in
            #expect(try await nodes[0].account(host.token("first", #","preferred_username":"ada""#))?.username == "ada")
            let escaped = name.replacing("\u{0000}", with: "\\u0000")
            let account = try #require(try await nodes[0].account(host.token("second", #","preferred_username":"\#(escaped)""#)))
            #expect(account.username.hasPrefix("user_") && account.displayName == account.username)
        }
    }

    @Test func `a display name is cut to what fits`() async throws {
        let host = try HostApp()
        try await host.run { nodes in
            let long = try await nodes[0].account(host.token("long", #","name":"\#(String(repeating: "é", count: 100))""#))
            #expect(long?.displayName == String(repeating: "é", count: 64))
            for (subject, name) in [("blank", " \\n "), ("control", "\\u0000\\u0007")] {
                let account = try #require(try await nodes[0].account(host.token(subject, #","name":"\#(name)""#)))
                #expect(account.displayName == account.username)
            }
        }
    }

    @Test func `tokens that come at once on two nodes make one account, and one sign-in for each device`() async throws {
        let host = try HostApp()
        try await host.run(nodes: 2) { nodes in
            let bearers = try await withThrowingTaskGroup { group in
                for number in 0..<16 {
                    // Tokens of their own, so that none is remembered.
                    let token = host.token("u", device: "d\(number % 2)", age: Int64(number), #","preferred_username":"ada""#)
                    group.addTask { try await nodes[number / 2 % 2].bearer(token) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(bearers.count { $0 == nil } == 0)
            #expect(Set(bearers.compactMap { $0?.member }).count == 1 && Set(bearers.compactMap { $0?.signIn }).count == 2)
        }
    }

    @Test func `nobody gets in by a password, and no subject is another's id`() async throws {
        let host = try HostApp()
        try await host.run { nodes in
            let own = try await nodes[0].newcomer()
            let account = try #require(try await nodes[0].account(host.token(own.id.description, #","iss":"parley","aud":"parley""#)))
            #expect(account.id != own.id)
            for password in ["", "password"] {
                await #expect(throws: AccountRefusal.wrongCredentials) {
                    _ = try await nodes[0].services.accounts.signIn(
                        Credentials(name: .username(account.username), password: password, device: nil, deviceName: nil))
                }
            }
        }
    }

    // MARK: - Sign-ins

    @Test func `a device has one sign-in, whatever tokens it brings`() async throws {
        let host = try HostApp()
        try await host.run(nodes: 2) { nodes in
            let phone = try #require(try await nodes[0].bearer(host.token("u", device: "phone", age: 9)))
            #expect(try await nodes[1].bearer(host.token("u", device: "phone", age: 1))?.signIn == phone.signIn)
            let none = try #require(try await nodes[0].bearer(host.token("u", age: 9)))
            #expect(try await nodes[1].bearer(host.token("u", age: 1))?.signIn == none.signIn && none.signIn != phone.signIn)
            let stranger = try #require(try await nodes[0].bearer(host.token("v", device: "phone")))
            #expect(stranger.signIn != phone.signIn && stranger.member != phone.member)
            let (one, other) = (
                try await nodes[0].services.accounts.owner(of: phone), try await nodes[0].services.accounts.owner(of: stranger)
            )
            #expect(one?.device != nil && one?.device != other?.device)
        }
    }

    @Test func `signing out holds for tokens that were issued before, and for no others`() async throws {
        let host = try HostApp()
        try await host.run(nodes: 2) { nodes in
            let (old, unseen, later) = (
                host.token("u", device: "d", age: 5), host.token("u", device: "d", age: 6), host.token("u", device: "d", age: -30)
            )
            let bearer = try #require(try await nodes[0].bearer(old))
            #expect(try await nodes[1].bearer(old) == bearer)
            let elsewhere = try #require(try await nodes[0].bearer(host.token("u", device: "other")))
            try await nodes[0].onLoop { try await $0.accounts.end(bearer.signIn, reason: .logout) }
            #expect(try await nodes[0].bearer(old) == nil)
            for node in nodes { #expect(try await node.bearer(unseen) == nil) }
            #expect(try await nodes[0].bearer(host.token("u", device: "other", age: 1))?.signIn == elsewhere.signIn)
            let fresh = try #require(try await nodes[0].bearer(later))
            #expect(fresh.signIn != bearer.signIn && fresh.member == bearer.member)
            for node in nodes { #expect(try await node.bearer(unseen) == nil, "it does not come back with the new sign-in") }
        }
    }

    @Test func `a sign-in that is not seen again is forgotten with its device, one that is seen is kept`() async throws {
        let host = try HostApp()
        try await host.run { nodes in
            let (database, sweeper) = (
                nodes[0].services.database, ExpirySweeper(database: nodes[0].services.database, syncWindow: .seconds(86_400))
            )
            let gone = try #require(try await nodes[0].bearer(host.token("u", device: "gone")))
            let kept = try #require(try await nodes[0].bearer(host.token("u", device: "kept")))
            #expect(try await sweeper.sweep() == 0)
            try await database.execute(AgeHostSignIns())
            #expect(try await nodes[0].bearer(host.token("u", device: "kept", age: 1))?.signIn == kept.signIn)
            #expect(try await sweeper.sweep() == 1)
            #expect(try await nodes[0].services.accounts.owner(of: gone) == nil)
            #expect(try await nodes[0].services.accounts.owner(of: kept) != nil)
            #expect(try await database.query(DevicesLeft(member: gone.member)).count == 1)
            #expect(try await sweeper.sweep() == 0)
        }
    }

    // MARK: - Keys

    @Test func `a token that no key stands behind is refused as what it is`() async throws {
        let (host, stranger) = (try HostApp(), try HostApp(seed: 8))
        try await host.run { nodes in
            for (token, refusal) in [
                (stranger.token("u"), TokenRefusal.badSignature), (host.token("u", kid: "other"), .unknownKey),
                (host.token("u", age: 2000, life: -1000), .expired), ("x", .malformed),
            ] {
                await #expect(throws: refusal) { _ = try await nodes[0].bearer(token) }
            }
        }
        try await TestService.run { nodes in
            await #expect(throws: TokenRefusal.self) { _ = try await nodes[0].bearer(host.token("u")) }
        }
    }

    @Test func `a file without keys to go by keeps the service from starting`() async throws {
        let host = try HostApp()
        try Data("{}".utf8).write(to: URL(filePath: host.keyFile))
        let refusal = await #expect(throws: ConfigurationError.self) { try await host.run { _ in } }
        #expect(refusal?.variable == "PARLEY_JWKS_FILE")
    }
}

@Suite struct HostKeyTests {
    /// Answers what a test says, and counts how often it was asked.
    private final class Publisher: HostKeySource {
        private struct State {
            var answer: Result<[UInt8], HostKeyFailure>
            var count = 0
        }

        private let state: Mutex<State>

        init(_ document: [UInt8]) { state = Mutex(State(answer: .success(document))) }

        var count: Int { state.withLock { $0.count } }

        func publish(_ answer: Result<[UInt8], HostKeyFailure>) { state.withLock { $0.answer = answer } }

        func read() async throws(HostKeyFailure) -> HostKeyAnswer {
            try? await Task.sleep(for: .milliseconds(20))
            let answer = state.withLock { state in
                state.count += 1
                return state.answer
            }
            return HostKeyAnswer(document: try answer.get(), lifetime: nil)
        }

        func pause(after lifetime: Duration?, failures: Int) -> Duration { .seconds(3600) }
        func close() async {}
    }

    private func keys(_ publisher: Publisher, pause: Duration = .seconds(3600)) -> HostKeys {
        HostKeys(publisher, registry: MetricsRegistry(), strangerPause: pause)
    }

    @Test func `a refresh that fails keeps the keys that were known`() async throws {
        let host = try HostApp()
        let publisher = Publisher(host.document)
        let keys = keys(publisher)
        #expect(keys.current == nil)
        await keys.refresh()
        for failure in [.failure(HostKeyFailure(reason: "gone")), .success([]), .success(Array(#"{"keys":[]}"#.utf8))]
            as [Result<[UInt8], HostKeyFailure>]
        {
            publisher.publish(failure)
            await keys.refresh()
            #expect(keys.current?.names == ["host"])
        }
        publisher.publish(.success(Array(#"{"keys":[\#(host.entry("new"))]}"#.utf8)))
        await keys.refresh()
        #expect(keys.current?.names == ["new"])
    }

    @Test func `however many tokens name unknown keys, they make it look once in a while`() async throws {
        let publisher = Publisher(try HostApp().document)
        let keys = keys(publisher)
        await withTaskGroup { group in
            for _ in 0..<20 { group.addTask { await keys.refreshForStranger() } }
        }
        #expect(publisher.count == 1 && keys.current != nil, "each of them waited for it")
        await keys.refreshForStranger()
        #expect(publisher.count == 1)
        let eager = self.keys(publisher, pause: .zero)
        for _ in 0..<3 { await eager.refreshForStranger() }
        #expect(publisher.count == 4)
    }

    @Test(
        arguments: [
            ("max-age=300", Duration.seconds(300)), ("public, max-age=5, must-revalidate", .seconds(5)), ("Max-Age=7", .seconds(7)),
            ("no-store", .zero), ("max-age=9, no-cache", .zero), ("max-age=0", .zero), ("public", nil), ("", nil), ("max-age=", nil),
            ("max-age=-1", nil), ("max-age=1e9", nil), ("max-age=99999999999", nil), ("s-maxage=5", nil), ("max-age=\"5\"", nil),
        ] as [(String, Duration?)]) func `the life of an answer is what it says`(field: String, lifetime: Duration?)
    {
        #expect(HostKeyURL.lifetime(field) == lifetime)
    }

    @Test func `a refresh comes within bounds, and sooner after a failure`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let source = HostKeyURL(url: "", client: try await HTTPClient(on: group.loops, HTTPClientConfiguration(destinations: .strangers)))
        #expect(source.pause(after: nil, failures: 0) == .seconds(600))
        #expect(source.pause(after: .zero, failures: 0) == .seconds(60))
        #expect(source.pause(after: .seconds(1_000_000), failures: 0) == .seconds(86_400))
        #expect([1, 2, 3, 7, 1000].map { source.pause(after: .seconds(9), failures: $0) } == [5, 10, 20, 300, 300].map { .seconds($0) })
        await source.close()
    }
}

/// Sign-ins of the host app that have not been seen for long.
private struct AgeHostSignIns: Statement {
    static let sql = "UPDATE sessions SET expires_at = clock_timestamp() - interval '25 hours' WHERE expires_at IS NOT NULL"
}

private struct DevicesLeft: Statement {
    static let sql = "SELECT id FROM devices WHERE user_id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Device.ID { try row.value(0) }
}
