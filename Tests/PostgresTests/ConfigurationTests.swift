import Testing

@testable import Postgres

@Suite struct ConfigurationTests {
    @Test func `a URL and keywords say the same`() throws {
        let url = try PostgresConfiguration(parsing: "postgres://ann:s%40cret@db.example:6432/parley?sslmode=require&application_name=a")
        let keywords = try PostgresConfiguration(
            parsing: "host=db.example port=6432 dbname=parley user=ann password='s@cret' sslmode=require application_name=a")
        #expect(url.keywords == keywords.keywords)
        #expect(url.applicationName == "a")
    }

    @Test func `what people read of it has no password`() throws {
        let configuration = try PostgresConfiguration(parsing: "postgres://ann:secret@db.example/parley")
        #expect(configuration.description == "host=db.example dbname=parley user=ann")
    }

    @Test(arguments: ["nonsense", "postgres://ann:secret@[::1/parley", "host=a colour=red", "postgres://a:b:c:secret@/x%zz"])
    func `what is neither is refused, and not repeated`(_ text: String) {
        let error = #expect(throws: PostgresConfigurationError.self) { try PostgresConfiguration(parsing: text) }
        #expect(error.map { "\($0)".contains("secret") } == false)
    }

    @Test func `sessions are set up as statements without names cannot have it`() throws {
        var configuration = try PostgresConfiguration(parsing: "host=a options='-c geqo=off'")
        configuration.searchPath = "b c"
        let options = ConnectionKeywords.all(for: configuration, hosts: [:])["options"]
        #expect(
            options == """
                -c plan_cache_mode=force_generic_plan -c jit=off -c random_page_cost=1.1 \
                -c default_transaction_isolation=read\\ committed -c statement_timeout=2500 -c lock_timeout=2000 \
                -c idle_in_transaction_session_timeout=5000 -c search_path=b\\ c -c geqo=off
                """)
        configuration.preparedStatements = false
        #expect(ConnectionKeywords.all(for: configuration, hosts: [:])["options"] == "-c geqo=off")
    }

    @Test func `the time that a caller can be kept waiting is below five seconds`() throws {
        let configuration = try PostgresConfiguration(parsing: "")
        #expect(configuration.poolWait + configuration.answerDeadline + .milliseconds(500) < .seconds(5))
        #expect(configuration.statementTimeout < configuration.answerDeadline)
    }

    @Test func `names are looked up, addresses and folders are not`() async throws {
        #expect(try await HostLookup.keywords(for: ["host": "127.0.0.1,/run/postgresql,::1"]) == [:])
        let found = try await HostLookup.keywords(for: ["host": "/run/postgresql,localhost", "port": "1,2"])
        #expect(found["host"]?.hasPrefix("/run/postgresql,localhost") == true)
        #expect(found["hostaddr"]?.split(separator: ",").isEmpty == false)
        #expect(found["port"]?.hasPrefix("1,2") == true)
        let error = await #expect(throws: PostgresError.self) { try await HostLookup.keywords(for: ["host": "no.such.host.invalid"]) }
        #expect(error?.code == .connectionLost && error?.explanation?.hasPrefix("no.such.host.invalid: ") == true)
    }
}
