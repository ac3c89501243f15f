import Glibc

/// A program to run as a child: what to start, as whom, where it writes and how it is ended.
struct ChildProgram {
    let name: String
    /// The executable's path, then its arguments.
    let command: [String]
    var environment: [String: String]
    /// Where its standard output and error are appended.
    let log: String
    /// The account to run as; `nil` for our own.
    var account: SystemUser?
    /// A file for its standard input; `nil` for none.
    var input: String?
    /// The folder to start in; `nil` for ours.
    var folder: String?
    /// What the kernel sends the child when this process dies in whatever way, so that no orphan is left.
    var deathSignal = "KILL"
    /// Done before each start.
    var prepare: () -> Void = {}
    var ending = [
        Supervision.EndingStep(signal: SIGTERM, patience: .seconds(15)),
        Supervision.EndingStep(signal: SIGKILL, patience: .seconds(5)),
    ]

    /// Starts the program.
    ///
    /// The kernel ties the death signal to the *thread* that starts the child, so this must be called from a thread that lives
    /// as long as the process: the main thread.
    ///
    /// - Returns: the process id; `setpriv` becomes the program, so it is the program's own.
    /// - Throws: ``DevFailure`` if the program cannot be started.
    func spawn() throws(DevFailure) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C reaches the supervisor alone, which ends the children in order. No blocked or ignored
        // signal of ours is inherited.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)

        var pid = pid_t()
        let arguments = prefix + command
        let failure = withCStrings(arguments) { argv in
            withCStrings(environment.map { "\($0)=\($1)" }) { envp in
                posix_spawnp(&pid, arguments[0], &actions, &attributes, argv, envp)
            }
        }
        guard failure == 0 else {
            throw DevFailure("\(name) could not be started (\(command[0])): \(String(cString: strerror(failure)))")
        }
        return pid
    }

    /// Small programs that each become the next one: `setpriv` (util-linux) drops the privileges first and arms the death signal
    /// last, as changing the user disarms it; `env` (coreutils) changes the folder.
    private var prefix: [String] {
        var prefix = ["setpriv", "--pdeathsig", deathSignal]
        if let account { prefix += ["--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups"] }
        if let folder { prefix += ["env", "-C", folder] }
        return prefix
    }
}

/// Lends `strings` as the NULL-ended array that `exec` wants.
private func withCStrings<Value>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value) -> Value {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
}
