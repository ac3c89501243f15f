import DMService
import Glibc

/// `parley dev`: everything that a developer needs, from one command.
///
/// Starts a PostgreSQL and a Redis of its own, migrates, seeds two people, serves, and keeps all of it running until Ctrl-C. With
/// `--only postgres` it starts the database alone, for tests. Must be called on the main thread, before any other thread starts.
struct DevCommand {
    private let environment: [String: String]
    private let port: UInt16
    private let onlyPostgres: Bool
    /// This program's own path.
    private let executable: String

    /// - Throws: ``DevFailure`` naming the argument or variable that is wrong.
    init(arguments: [String], environment: [String: String]) throws(DevFailure) {
        switch arguments {
        case []: onlyPostgres = false
        case ["--only", "postgres"]: onlyPostgres = true
        default: throw DevFailure("usage: parley dev [--only postgres]")
        }
        guard environment["PARLEY_ENV"] != "production" else {
            throw DevFailure("PARLEY_ENV is production, and `parley dev` is for development: use `parley serve`")
        }
        let value = environment["PARLEY_PORT"] ?? "8080"
        guard let port = UInt16(value), port > 0 else {
            throw DevFailure("PARLEY_PORT is \"\(value)\": it must be a number from 1 to 65535")
        }
        guard let executable = Files.resolve("/proc/self/exe") else { throw Files.failure("this program's path is not known") }
        self.port = port
        self.environment = environment
        self.executable = executable
    }

    /// Runs until a signal asks for the end.
    ///
    /// - Returns: the exit code: 0 after a signal, 1 if something did not start.
    func run() -> Int32 {
        do {
            try run(in: try DevHome(path: environment["PARLEY_HOME"] ?? "var"))
            return 0
        } catch let failure as DevFailure {
            say(failure.explanation)
        } catch {
            say("\(error)")
        }
        return 1
    }

    private func run(in home: DevHome) throws {
        let address = "http://127.0.0.1:\(port)/"
        try home.lock(note: onlyPostgres ? "process \(getpid())" : "process \(getpid()), \(address)")
        if !onlyPostgres { try LoopbackPort.claim(port) }
        let supervisor = Supervisor(home: home, report: say)
        defer { supervisor.end() }
        do {
            let postgres = try PrivatePostgres.prepare(in: home, run: supervisor.run)
            try supervisor.keep(postgres.program, within: .seconds(120)) { postgres.isReady(pid: supervisor.pid(of: "postgres")) }
            if !onlyPostgres {
                let redis = try PrivateRedis.prepare(in: home)
                try supervisor.keep(redis.program, within: .seconds(60)) { redis.isReady() }
                let parley = try programs(of: home, database: postgres.url, redis: redis.url)
                try supervisor.run(parley.migrate)
                try supervisor.run(parley.seed)
                try supervisor.keep(parley.serve, within: .seconds(60)) { LoopbackPort.answersOK(port, path: "/health/ready") }
            }
            supervisor.publish()
            tell(onlyPostgres ? "PostgreSQL is ready: \(home.databaseURL) says how to reach it.\n" : welcome(address), on: STDOUT_FILENO)
            try supervisor.keepUpUntilInterrupted()
        } catch is Supervisor.Interrupted {
            say("stopping")
        }
    }

    private func programs(of home: DevHome, database: String, redis: String) throws -> (
        migrate: ChildProgram, seed: ChildProgram, serve: ChildProgram
    ) {
        var environment = environment
        environment["PARLEY_HOME"] = home.path
        environment["PARLEY_PORT"] = "\(port)"
        environment["PARLEY_ENV"] = environment["PARLEY_ENV"] ?? "development"
        // Both names each: no other database that the shell or a configuration file names is ever touched.
        for variable in ["DATABASE_URL", "PARLEY_DATABASE_URL"] { environment[variable] = database }
        for variable in ["REDIS_URL", "PARLEY_REDIS_URL"] { environment[variable] = redis }
        environment["PARLEY_DEMO"] = "on"
        if environment["PARLEY_SECRET"] == nil {
            environment["PARLEY_SECRET"] = try home.keepsake("secret") { DevHome.randomDigits(bytes: 32) }
        }
        let program = { (name: String) in
            ChildProgram(name: name, command: [executable, name], environment: environment, log: home.log(name))
        }
        return (program("migrate"), program("seed"), program("serve"))
    }

    private func welcome(_ address: String) -> String {
        let people = DemoPerson.everyone.map { "    \($0.username)   password \($0.password)" }.joined(separator: "\n")
        return """

            Parley is ready:  \(address)

            Open it in two windows, sign in as one person in each, and talk:
            \(people)
            Ctrl-C ends everything.

            """
    }

    private func say(_ text: String) {
        tell("parley dev: \(text)\n", on: STDERR_FILENO)
    }

    /// Writes unless that would block: somebody who started us through a pipe and reads no more must not stop the supervisor.
    private func tell(_ text: String, on descriptor: Int32) {
        var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wish, 1, 0) == 1, wish.revents & Int16(POLLOUT) != 0 else { return }
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
    }
}
