import Redis

/// Where Redis is: URLs of one server, of sentinels and of clusters.
struct RedisURLTarget: TextFuzzTarget {
    let vocabulary = [
        "redis://", "rediss://", "redis+sentinel://", "redis+cluster://", "@", ":", "/", "?", "&", "=", "%", "%00", "%2F", ",", "[::1]",
        "ca_file=",
        "sentinel_password=", "sentinel_user=", " ", "\r\n", "\u{0}", "é",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        let scheme = "redis\(random.pick(["", "s"]))\(random.pick(["", "+sentinel", "+cluster", "+"]))://"
        let user = random.pick(["", "canary:canary@", ":canary@", "u:canary%40@", "%zz@", ":@", "canary@"])
        let host = { (random: inout RandomSource) in
            random.pick(["localhost", "127.0.0.1", "[::1]", "a.b", ""]) + (random.oneIn(2) ? "" : ":" + random.pick(Numbers.written))
        }
        var hosts = host(&random)
        while random.oneIn(2) { hosts += "," + host(&random) }
        let path = random.pick(["", "/", "/0", "/1", "/main", "/main/2", "/%6d", "/a/b/c", "/" + random.pick(Numbers.written)])
        return scheme + user + hosts + path
            + random.pick([
                "", "?ca_file=%2Fx", "?sentinel_password=canary", "?sentinel_user=u&sentinel_password=canary", "?a=b", "?", "?ca_file",
            ])
    }

    func check(_ text: String) throws -> Verdict {
        let configuration: RedisConfiguration
        do {
            configuration = try RedisConfiguration(parsing: text)
        } catch {
            try require(!"\(error)".contains("canary"), "an error tells the password")
            return .rejected()
        }
        let told = "\(configuration)"
        // Behind the last "@" stand hosts and a master's name, which are told.
        if let place = text.split(separator: "@").last, text.contains("@"), !place.prefix(while: { $0 != "?" }).contains("canary") {
            try require(!told.contains("canary"), "the configuration, printed, tells the password")
        }
        return .accepted(String(told.prefix { $0 != ":" }))
    }
}
