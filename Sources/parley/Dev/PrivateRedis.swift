import Glibc

/// A Redis of this home's own: reached by 127.0.0.1 and with a password only.
struct PrivateRedis {
    let home: DevHome
    private let executable: String
    private let port: UInt16
    private let password: String

    private var folder: String { "\(home.path)/redis" }
    private var settings: String { "\(folder)/redis.conf" }

    /// As REDIS_URL has it.
    var url: String { "redis://:\(password)@127.0.0.1:\(port)/0" }

    /// Writes the settings; the data of the last time stays.
    ///
    /// - Throws: ``DevFailure`` if Redis is not installed or the home cannot be written.
    static func prepare(in home: DevHome) throws(DevFailure) -> PrivateRedis {
        let places = ["/usr/bin", "/usr/local/bin", "/opt/redis/bin"].map { "\($0)/redis-server" }
        guard let executable = places.first(where: { access($0, X_OK) == 0 }) else {
            throw DevFailure("there is no redis-server: install Debian's package redis-server")
        }
        let redis = PrivateRedis(
            home: home, executable: executable, port: try LoopbackPort.claim(rememberedIn: "\(home.path)/redis-port"),
            password: try home.keepsake("redis-password") { DevHome.randomDigits(bytes: 24) })
        try Files.makeFolder(redis.folder, mode: 0o700)
        try redis.writeSettings()
        try Files.write(redis.url + "\n", to: home.redisURL)
        return redis
    }

    /// In a file: other users could read the password on a command line.
    private func writeSettings() throws(DevFailure) {
        try Files.write(
            """
            bind 127.0.0.1
            port \(port)
            requirepass \(password)
            dir .
            daemonize no
            appendonly yes
            appendfsync everysec
            save ""
            maxmemory-policy noeviction

            """, to: settings)
    }

    /// The server, to be kept running. It reads its settings from standard input: the name of a file it would take for a pattern.
    var program: ChildProgram {
        ChildProgram(
            name: "redis", command: [executable, "-"],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"], log: home.log("redis"),
            input: settings, folder: folder)
    }

    /// Whether the server answers, its data loaded.
    func isReady() -> Bool { LoopbackPort.answers(port, "AUTH \(password)\r\nPING\r\n", with: "+OK\r\n+PONG\r\n") }
}
