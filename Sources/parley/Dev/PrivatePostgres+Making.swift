import Glibc

extension PrivatePostgres {
    /// Where clusters stand whose home the account `postgres` cannot reach.
    private static let refuge = "/var/lib/parley"

    /// The cluster of a home, made if there is none yet.
    ///
    /// - Parameter run: runs a program to its end.
    /// - Throws: ``DevFailure`` if there is no usable installation or a step fails, or what `run` throws.
    static func prepare(in home: DevHome, run: (ChildProgram) throws -> Void) throws -> PrivatePostgres {
        let account = getuid() == 0 ? SystemUser(named: "postgres") : nil
        guard getuid() != 0 || account != nil else {
            throw DevFailure("PostgreSQL does not run as root, and there is no account `postgres`: install Debian's package postgresql")
        }
        let folder = try place(in: home, for: account, run: run)
        let version = Files.read("\(folder)/data/PG_VERSION")?.split(separator: "\n").first.map(String.init)
        endLeftover(of: "\(folder)/data")
        let postgres = PrivatePostgres(
            installation: try PostgresInstallation.find(version: version), account: account, home: home, folder: folder,
            port: try LoopbackPort.claim(rememberedIn: "\(home.path)/postgres-port"),
            password: Files.read("\(folder)/password") ?? DevHome.randomDigits(bytes: 24))
        if version == nil { try postgres.makeCluster(run: run) }
        try Files.write(postgres.url + "\n", to: home.databaseURL)
        return postgres
    }

    /// Makes the cluster in a draft that gets its name when it is complete, so that a broken attempt leaves nothing behind.
    private func makeCluster(run: (ChildProgram) throws -> Void) throws {
        let draft = "\(folder)/draft"
        try run(Self.tool(["rm", "-rf", draft], in: home))
        try Files.write(password, to: "\(folder)/password", owner: account)
        try run(
            program(
                "initdb",
                [
                    "--pgdata=\(draft)", "--username=postgres", "--pwfile=\(folder)/password", "--auth=scram-sha-256",
                    "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync",
                ]))
        let roles = "\(folder)/roles.sql"
        try Files.write(
            """
            CREATE ROLE \(Self.name) LOGIN CREATEDB PASSWORD '\(password)'
            CREATE DATABASE \(Self.name) OWNER \(Self.name)

            """, to: roles, owner: account)
        defer { unlink(roles) }
        var session = program("postgres", ["--single", "-D", draft, "postgres"])
        session.input = roles
        try run(session)
        try run(Self.tool(["sync", "--file-system", draft], in: home))  // all at once, where initdb would sync each of its files
        guard rename(draft, data) == 0 else { throw Files.failure("\(data) cannot be made") }
    }

    /// Ends the server of a supervisor that was killed, should it still be there.
    private static func endLeftover(of data: String) {
        guard let line = Files.read("\(data)/postmaster.pid")?.split(separator: "\n").first, let pid = pid_t(line) else { return }
        for attempt in 0..<200 where Files.resolve("/proc/\(pid)/cwd") == data {
            if attempt == 20 { kill(pid, SIGQUIT) }  // two seconds after its own orders to end
            if attempt == 100 { kill(pid, SIGKILL) }
            usleep(100_000)
        }
    }

    private static func tool(_ command: [String], in home: DevHome) -> ChildProgram {
        ChildProgram(name: command[0], command: command, environment: ["PATH": "/usr/bin:/bin"], log: home.log("postgres"))
    }

    /// The folder of this home's cluster, which belongs to `account`.
    private static func place(in home: DevHome, for account: SystemUser?, run: (ChildProgram) throws -> Void) throws -> String {
        let link = "\(home.path)/postgres"
        if let folder = Files.resolve(link) { return folder }
        unlink(link)  // in case it leads nowhere
        var folder = link
        if let account, !account.canReach(home.path) {
            try sweepRefuge(for: home, run: run)
            folder = "\(refuge)/\(DevHome.randomDigits(bytes: 6))"
        }
        try Files.makeFolder(folder, mode: 0o700)
        if folder != link {
            try Files.write(home.path, to: "\(folder)/home")
            guard symlink(folder, link) == 0 else { throw Files.failure("\(link) cannot be linked") }
        }
        if let account, chown(folder, account.user, account.group) != 0 { throw Files.failure("\(folder) cannot be given away") }
        return folder
    }

    /// Removes clusters whose home was removed (the folder that held the home is still there, the home is not).
    private static func sweepRefuge(for home: DevHome, run: (ChildProgram) throws -> Void) throws {
        for folder in Files.names(in: refuge).map({ "\(refuge)/\($0)" }) {
            guard let owner = Files.read("\(folder)/home"), !Files.exists(owner) else { continue }
            let parent = "/" + owner.split(separator: "/").dropLast().joined(separator: "/")
            if Files.exists(parent) { try run(tool(["rm", "-rf", folder], in: home)) }
        }
    }
}
