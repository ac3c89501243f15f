import Redis

/// Where Redis is: URLs of one server, of sentinels and of clusters.
struct RedisURLTarget: TextFuzzTarget {
    let vocabulary = [
        "redis://", "rediss://", "redis+sentinel://", "redis+cluster://", "@", ":", "/", "?", "&", "=", "%", "%00", "%2F", ",", "[::1]",
        "ca_file=",
        "sentinel_password=", "sentinel_user=", " ", "\r\n", "\u{0}", "é",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        let kind = random.usually(random.pick(["", "+sentinel", "+cluster"]), else: ["+", "+unix"])
        let user = random.usually(random.pick(["", "canary:canary@", ":canary@", "u:canary%40@"]), else: ["%zz@", ":@", "canary@"])
        var hosts = host(&random)
        while kind != "" && random.oneIn(2) { hosts += "," + host(&random) }
        let usualPath = kind == "+sentinel" ? random.pick(["/main", "/main/2", "/%6d"]) : random.pick(["", "/", "/0"])
        let path = random.usually(usualPath, else: ["/1", "/a/b/c", "/" + random.pick(Numbers.written)])
        let query = random.usually(
            random.oneIn(2) ? "" : "?",
            else: ["?ca_file=%2Fx", "?sentinel_password=canary", "?sentinel_user=u&sentinel_password=canary", "?a"])
        return "redis\(random.pick(["", "s"]))\(kind)://\(user)\(hosts)\(path)\(query)"
    }

    private func host(_ random: inout RandomSource) -> String {
        let host = random.usually(random.pick(["localhost", "127.0.0.1", "[::1]", "a.b"]), else: ["", "::1", "[", "a b"])
        return random.oneIn(2) ? host : host + ":" + random.usually("6379", else: Numbers.written)
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
