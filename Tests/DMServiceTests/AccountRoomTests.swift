import Crypto
import HTTPServer
import Testing

@testable import DMService
@testable import Postgres

@Suite(.database) struct AccountRoomTests {
    private static let password = "correct horse battery"

    private func register(_ name: String, email: String? = nil, on node: TestService) async throws -> Account {
        try await node.services.accounts.register(
            Registration(username: name, email: email, password: Self.password, displayName: nil)
        ).account
    }

    private func signIn(
        _ name: Credentials.Name, _ password: String = password, from device: Device.ID? = nil, on node: TestService
    ) async throws -> TokenPair {
        try await node.services.accounts.signIn(Credentials(name: name, password: password, device: device, deviceName: nil))
    }

    // acceptance, C-007
    @Test func `an account signs in by username or address, whatever the case`() async throws {
        try await TestService.run { nodes in
            let account = try await register("Ada.Lovelace", email: "Ada@Example.org", on: nodes[0])
            #expect(account.displayName == "Ada.Lovelace")
            let tokens = [
                try await signIn(.username("ada.lovelace"), on: nodes[0]), try await signIn(.email("ADA@example.ORG"), on: nodes[0]),
            ]
            for pair in tokens {
                #expect(try await nodes[0].services.authentication.read(pair.access)?.member == account.id)
            }
        }
    }

    @Test func `the process that issues a token need not check it`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            _ = try await register("ada", on: nodes[0])
            let first = try await signIn(.username("ada"), on: nodes[0])
            let second = try await nodes[0].services.accounts.refresh(first.refresh)
            let (here, elsewhere) = (nodes[0].services.authentication.verifier, nodes[1].services.authentication.verifier)
            #expect(elsewhere.remembered(first.access) == nil)
            for access in [first.access, second.access] {
                #expect(try elsewhere.verify(access) == here.remembered(access), "it says what the token says")
            }
        }
    }

    @Test func `a name or an address belongs to one account`() async throws {
        try await TestService.run { nodes in
            _ = try await register("ada", email: "ada@example.org", on: nodes[0])
            await #expect(throws: AccountRefusal.taken) { _ = try await register("ADA", on: nodes[0]) }
            await #expect(throws: AccountRefusal.taken) { _ = try await register("other", email: "ada@EXAMPLE.org", on: nodes[0]) }
        }
    }

    @Test func `a registration that is repeated under its key gives the account again, and to nobody else`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let key = try #require(ClientMessageID("a-key"))
            let registration = Registration(username: "Ada", email: "ada@example.org", password: Self.password, displayName: "Ada L.")
            let made = try await withThrowingTaskGroup { group in
                for number in 0..<6 {
                    group.addTask { try await nodes[number % 2].onLoop { try await $0.accounts.register(registration, key: key) } }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(made.map(\.account.id)).count == 1)
            #expect(made.count { !$0.isReplay } == 1)
            func isRefused(_ other: Registration, _ key: ClientMessageID?) async {
                await #expect(throws: AccountRefusal.taken) { _ = try await nodes[0].services.accounts.register(other, key: key) }
            }
            await isRefused(registration, nil)
            await isRefused(registration, ClientMessageID("another-key"))
            for (username, email, password) in [
                ("Ada", "ada@example.org", "another password"), ("Ada", nil, Self.password), ("ada", "ada@example.org", Self.password),
            ] {
                await isRefused(Registration(username: username, email: email, password: password, displayName: "Ada L."), key)
            }
        }
    }

    // acceptance: A-047
    @Test func `whoever knows the key of a registration guesses no faster than by signing in`() async throws {
        try await TestService.run(settings: ["PARLEY_LIMITS": "on", "PARLEY_LIMIT_LOGIN_USER": "3,0.01"]) { nodes in
            let key = try #require(ClientMessageID("1"))
            func register(_ name: String, _ password: String) async throws {
                _ = try await nodes[0].services.accounts.register(
                    Registration(username: name, email: nil, password: password, displayName: "Bob"), key: key)
            }
            try await register("bob", Self.password)
            for name in ["bob", "Bob", "bob"] {
                await #expect(throws: AccountRefusal.taken) { try await register(name, "a guess at his password") }
            }
            for password in [Self.password, "a guess at his password"] {
                let refusal = await #expect(throws: AccountRefusal.self) { try await register("bob", password) }
                guard case .tooManyAttempts? = refusal else {
                    Issue.record("\(String(describing: refusal)) tells whether the guess was right")
                    continue
                }
            }
            let refusal = await #expect(throws: AccountRefusal.self) { _ = try await signIn(.username("bob"), on: nodes[0]) }
            guard case .tooManyAttempts? = refusal else {
                Issue.record("there are more guesses by the other way")
                return
            }
        }
    }

    @Test func `the key of a registration counts for a day`() async throws {
        try await TestService.run { nodes in
            let key = try #require(ClientMessageID("1"))
            let registration = Registration(username: "bob", email: nil, password: Self.password, displayName: nil)
            _ = try await nodes[0].services.accounts.register(registration, key: key)
            try await nodes[0].services.database.execute(AgeAccounts(interval: "23 hours"))
            #expect(try await nodes[0].services.accounts.register(registration, key: key).isReplay)
            try await nodes[0].services.database.execute(AgeAccounts(interval: "2 hours"))
            await #expect(throws: AccountRefusal.taken) { _ = try await nodes[0].services.accounts.register(registration, key: key) }
        }
    }

    @Test func `a wrong password and an unknown name get the same answer`() async throws {
        try await TestService.run { nodes in
            _ = try await register("ada", on: nodes[0])
            await #expect(throws: AccountRefusal.wrongCredentials) {
                _ = try await signIn(.username("ada"), "not her password", on: nodes[0])
            }
            await #expect(throws: AccountRefusal.wrongCredentials) { _ = try await signIn(.username("nobody"), on: nodes[0]) }
            await #expect(throws: AccountRefusal.wrongCredentials) { _ = try await signIn(.username("a\0da"), on: nodes[0]) }
        }
    }

    // acceptance: A-047
    @Test func `whoever guesses at one name waits, and whether anybody has it makes no difference`() async throws {
        try await TestService.run(settings: ["PARLEY_LIMITS": "on", "PARLEY_LIMIT_LOGIN_USER": "3,0.01"]) { nodes in
            _ = try await register("ada", on: nodes[0])
            for name in ["ada", "nobody"] {
                for attempt in [name, name.uppercased(), name] {
                    await #expect(throws: AccountRefusal.wrongCredentials) {
                        _ = try await signIn(.username(attempt), "a guess", on: nodes[0])
                    }
                }
                let refusal = await #expect(throws: AccountRefusal.self) { _ = try await signIn(.username(name), on: nodes[0]) }
                guard case .tooManyAttempts? = refusal else {
                    Issue.record("\(name) was not told to wait")
                    continue
                }
                #expect(refusal?.httpError.headers.map(\.name).contains(.retryAfter) == true)
            }
            await #expect(throws: AccountRefusal.wrongCredentials) { _ = try await signIn(.username("other"), "a guess", on: nodes[0]) }
        }
    }

    // acceptance: A-023
    @Test func `a refresh token gives one successor, however often and from however many at once it is sent`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            _ = try await register("ada", on: nodes[0])
            let first = try await signIn(.username("ada"), on: nodes[0])
            let successors = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<20 {
                    group.addTask { try await nodes[number % 2].onLoop { try await $0.accounts.refresh(first.refresh).refresh } }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(successors.count == 1)
            let successor = try #require(successors.first)
            #expect(try await nodes[0].services.accounts.refresh(successor).refresh != successor)
        }
    }

    @Test func `a spent refresh token that comes back late ends the sign-in for everybody`() async throws {
        try await TestService.run { nodes in
            _ = try await register("ada", on: nodes[0])
            let first = try await signIn(.username("ada"), on: nodes[0])
            let second = try await nodes[0].services.accounts.refresh(first.refresh)
            try await nodes[0].services.database.execute(AgeSpentTokens())
            await #expect(throws: AccountRefusal.badRefreshToken) { _ = try await nodes[0].services.accounts.refresh(first.refresh) }
            await #expect(throws: AccountRefusal.badRefreshToken) { _ = try await nodes[0].services.accounts.refresh(second.refresh) }
            #expect(try await nodes[0].services.authentication.read(second.access) == nil)
        }
    }

    @Test func `signing out ends the sign-in's tokens of both kinds, and no other sign-in`() async throws {
        try await TestService.run { nodes in
            _ = try await register("ada", on: nodes[0])
            let (phone, browser) = (try await signIn(.username("ada"), on: nodes[0]), try await signIn(.username("ada"), on: nodes[0]))
            try await nodes[0].services.accounts.signOut(phone.refresh)
            #expect(try await nodes[0].services.authentication.read(phone.access) == nil)
            await #expect(throws: AccountRefusal.badRefreshToken) { _ = try await nodes[0].services.accounts.refresh(phone.refresh) }
            #expect(try await nodes[0].services.authentication.read(browser.access) != nil)
        }
    }

    @Test func `signing in again on a device ends what stood there`() async throws {
        try await TestService.run { nodes in
            let account = try await register("ada", on: nodes[0])
            let first = try await signIn(.username(account.username), on: nodes[0])
            let second = try await signIn(.username(account.username), from: first.device, on: nodes[0])
            #expect(second.device == first.device)
            await #expect(throws: AccountRefusal.badRefreshToken) { _ = try await nodes[0].services.accounts.refresh(first.refresh) }
            let stranger = try await register("eve", on: nodes[0])
            #expect(try await signIn(.username(stranger.username), from: first.device, on: nodes[0]).device != first.device)
        }
    }

    @Test func `what has expired for a day goes, and takes its sign-in and device along once nothing of them is left`() async throws {
        try await TestService.run(nodes: 2) { nodes in
            let database = nodes[0].services.database
            let sweeper = ExpirySweeper(database: database, syncWindow: .seconds(86_400))
            let account = try await register("ada", on: nodes[0])
            let gone = try await signIn(.username(account.username), on: nodes[0])
            let kept = try await signIn(.username(account.username), on: nodes[0])
            let newest = try await nodes[0].services.accounts.refresh(kept.refresh)
            #expect(try await sweeper.sweep() == 0)

            try await database.execute(ExpireTokens(of: try #require(gone.device), interval: "23 hours"))
            #expect(try await sweeper.sweep() == 0, "its access tokens may still live")
            try await database.execute(ExpireTokens(of: try #require(gone.device), interval: "25 hours"))
            try await database.execute(ExpireSpentTokens())
            async let here = nodes[0].onLoop { try await ExpirySweeper(database: $0.database, syncWindow: .seconds(86_400)).sweep() }
            async let there = nodes[1].onLoop { try await ExpirySweeper(database: $0.database, syncWindow: .seconds(86_400)).sweep() }
            #expect(try await here + there == 2)

            #expect(try await database.query(DevicesOf(member: account.id)) == [try #require(kept.device)])
            await #expect(throws: AccountRefusal.badRefreshToken) { _ = try await nodes[0].services.accounts.refresh(gone.refresh) }
            _ = try await nodes[0].services.accounts.refresh(newest.refresh)
            #expect(try await signIn(.username(account.username), from: gone.device, on: nodes[0]).device == gone.device)
        }
    }

    @Test func `while more has expired than one round takes, the next one follows at once`() async throws {
        try await TestService.run { nodes in
            let account = try await register("ada", on: nodes[0])
            let pair = try await signIn(.username(account.username), on: nodes[0])
            let device = try #require(pair.device)
            try await nodes[0].services.database.execute(AddExpiredTokens(device: device, count: 10_001))
            let sweeper = ExpirySweeper(database: nodes[0].services.database, syncWindow: .seconds(86_400))
            #expect(try await sweeper.round() < .seconds(5))
            #expect(try await sweeper.round() == .seconds(60), "the last one went")
            #expect(try await sweeper.sweep() == 0)
            _ = try await nodes[0].services.accounts.refresh(pair.refresh)
        }
    }

    @Test(arguments: ["ab", "a b", "ä-umlaut", "", "name@host", String(repeating: "a", count: 33)])
    func `a name that cannot be one is refused`(name: String) async throws {
        try await TestService.run { nodes in
            await #expect(throws: AccountRefusal.badUsername) { _ = try await register(name, on: nodes[0]) }
        }
    }
}

/// Makes all accounts older.
private struct AgeAccounts: Statement {
    static let sql = "UPDATE users SET created_at = created_at - $1::text::interval"
    let interval: String

    func bind(to parameters: inout ParameterWriter) { parameters.append(interval) }
}

/// Makes it an hour since any refresh token was spent.
private struct AgeSpentTokens: Statement {
    static let sql = "UPDATE refresh_tokens SET used_at = used_at - interval '1 hour' WHERE used_at IS NOT NULL"
}

/// Makes it so long ago that the refresh tokens of a device expired.
private struct ExpireTokens: Statement {
    static let sql = """
        UPDATE refresh_tokens SET expires_at = clock_timestamp() - $2::text::interval
         WHERE session_id IN (SELECT id FROM sessions WHERE device_id = $1)
        """
    let device: Device.ID
    let interval: String

    init(of device: Device.ID, interval: String) {
        self.device = device
        self.interval = interval
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(device)
        parameters.append(interval)
    }
}

/// The same for all that were spent.
private struct ExpireSpentTokens: Statement {
    static let sql = "UPDATE refresh_tokens SET expires_at = clock_timestamp() - interval '25 hours' WHERE used_at IS NOT NULL"
}

/// Gives the sign-in of a device refresh tokens that expired long ago.
private struct AddExpiredTokens: Statement {
    static let sql = """
        INSERT INTO refresh_tokens (hash, session_id, expires_at)
        SELECT sha256(n::text::bytea), s.id, clock_timestamp() - interval '25 hours'
          FROM sessions s, generate_series(1, $2::int8) n WHERE s.device_id = $1
        """
    let device: Device.ID
    let count: Int64

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(device)
        parameters.append(count)
    }
}

private struct DevicesOf: Statement {
    static let sql = "SELECT id FROM devices WHERE user_id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Device.ID { try row.value(0) }
}
