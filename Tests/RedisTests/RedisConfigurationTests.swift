import Testing

@testable import Redis

@Suite struct RedisConfigurationTests {
    private func endpoint(_ host: String, _ port: UInt16) -> RedisEndpoint { RedisEndpoint(host: host, port: port) }

    @Test func `one server`() throws {
        let url = try RedisURL("redis://ann:s%40cret@redis.example:6380/3")
        #expect(url.deployment == .single(endpoint("redis.example", 6380)))
        #expect(url.credentials == RedisURL.Credentials(user: "ann", password: "s@cret"))
        #expect(url.database == 3 && !url.isEncrypted)
        #expect(try RedisURL("redis://h").deployment == .single(endpoint("h", 6379)))
        #expect(try RedisURL("redis://[::1]:7/").deployment == .single(endpoint("::1", 7)))
        #expect(try RedisURL("redis://[::1]").deployment == .single(endpoint("::1", 6379)))
        #expect(try RedisURL("redis://:p@h").credentials == RedisURL.Credentials(user: "", password: "p"))
    }

    @Test func `TLS, and whom to trust`() throws {
        let url = try RedisURL("rediss://h?ca_file=%2Fetc%2Fca.pem")
        #expect(url.isEncrypted && url.authority == "/etc/ca.pem")
        #expect(try RedisURL("rediss+cluster://h").isEncrypted)
        let configuration = try RedisConfiguration(parsing: "rediss://h?ca_file=/no/such/file")
        #expect(throws: RedisConfigurationError.self) { try configuration.makeTLSContext() }
    }

    @Test func `sentinels`() throws {
        let url = try RedisURL("redis+sentinel://u:p@h1:1,h2/main/2?sentinel_password=q")
        #expect(url.deployment == .sentinel([endpoint("h1", 1), endpoint("h2", 26379)], master: "main"))
        #expect(url.database == 2)
        #expect(url.sentinelCredentials == RedisURL.Credentials(user: "", password: "q"))
    }

    @Test func `a cluster`() throws {
        #expect(try RedisURL("redis+cluster://h1:1,h2").deployment == .cluster([endpoint("h1", 1), endpoint("h2", 6379)]))
    }

    @Test(arguments: [
        "", "redis", "redis://", "http://h", "redis+unix://h", "redis+sentinel+cluster://h/m", "redis://h:0", "redis://h:65536",
        "redis://h:x",
        "redis://h/x", "redis://h/-1", "redis://h/99999", "redis://h/1/2", "redis://h1,h2", "redis://secret@h", "redis://:@h",
        "redis://u:@h",
        "redis://u:%zz@h", "redis://u:%ff@h", "redis://u:p@h?colour=red", "redis://h?ca_file=x", "redis+cluster://h/1",
        "redis+cluster://h1,,h2",
        "redis+sentinel://h", "redis+sentinel://h/", "redis+sentinel://h/m/1/2", "redis://h?sentinel_password=p", "redis://::1",
        "redis://[::1",
        "redis://h\r\nAUTH", "redis+sentinel://h/m?sentinel_user=u", "redis+sentinel://h/secret@h",
    ])
    func `what is none is refused, and not repeated`(_ text: String) {
        let error = #expect(throws: RedisConfigurationError.self) { try RedisConfiguration(parsing: text) }
        #expect(error.map { "\($0)".contains("secret") } == false)
    }

    @Test func `what people read of it has no password, however they look`() throws {
        for text in [
            "redis://ann:canary@h/1", "rediss+sentinel://ann:canary@h/m?sentinel_password=canary", "redis+cluster://:canary@h1,h2:7",
        ] {
            let configuration = try RedisConfiguration(parsing: text)
            var dumped = ""
            dump(configuration, to: &dumped)
            for told in ["\(configuration)", String(reflecting: configuration), dumped] { #expect(!told.contains("canary"), "\(told)") }
        }
        #expect(try "\(RedisConfiguration(parsing: "rediss+sentinel://a:b@h,[::1]:5/m"))" == "rediss+sentinel://h:26379,[::1]:5/m/0")
    }
}
