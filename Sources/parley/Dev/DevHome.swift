import Glibc

/// The folder that holds all of one development service: `$PARLEY_HOME`.
///
/// ```
/// database-url   how to reach the private PostgreSQL (mode 0600: it holds the password)
/// hold/<name>    keeps a child down for as long as the file is there
/// lock           held by the one `parley dev` that runs here
/// log/<name>.log what a child wrote
/// pids           who runs, one `name pid` a line
/// postgres       the PostgreSQL cluster, or a link to it
/// redis          what the private Redis keeps
/// redis-url      how to reach it (mode 0600: it holds the password)
/// secret         signs this service's tokens (mode 0600)
/// ```
struct DevHome {
    /// Absolute, without symbolic links.
    let path: String

    init(path: String) throws(DevFailure) {
        try Files.makeFolder(path)
        guard let resolved = Files.resolve(path) else { throw Files.failure("the folder \(path) cannot be used") }
        self.path = resolved
        for folder in ["hold", "log"] { try Files.makeFolder("\(resolved)/\(folder)") }
    }

    var processIDs: String { "\(path)/pids" }
    var databaseURL: String { "\(path)/database-url" }
    var redisURL: String { "\(path)/redis-url" }

    func hold(_ name: String) -> String { "\(path)/hold/\(name)" }

    /// Where a child writes. A log that grew long is put aside first, as `<name>.log.1`.
    func log(_ name: String) -> String {
        let log = "\(path)/log/\(name).log"
        var status = stat()
        if stat(log, &status) == 0, status.st_size > 16 << 20 { rename(log, log + ".1") }
        return log
    }

    /// The last lines of a log, indented.
    func endOfLog(at path: String) -> String {
        let lines = (Files.read(path) ?? "").split(separator: "\n").suffix(15)
        return (lines.map { "    \($0)" } + ["  (all of it: \(path))"]).joined(separator: "\n")
    }

    /// Takes the home for this process, until it ends in whatever way.
    ///
    /// - Parameter note: what a second one is told about the first.
    /// - Throws: ``DevFailure`` with the first one's note if another process has the home.
    func lock(note: String) throws(DevFailure) {
        // Stays open for the life of the process, which is what holds the lock.
        let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Files.failure("\(path)/lock cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw DevFailure("already running in \(path): \(Files.read("\(path)/lock") ?? "")")
        }
        ftruncate(descriptor, 0)
        _ = note.withCString { write(descriptor, $0, strlen($0)) }
        unlink(processIDs)  // of one that was killed
    }

    /// The text kept in a file of this home that only we may read; made by `make` the first time.
    func keepsake(_ name: String, make: () -> String) throws(DevFailure) -> String {
        let path = "\(path)/\(name)"
        if let text = Files.read(path)?.split(separator: "\n").first { return String(text) }
        let text = make()
        try Files.write(text + "\n", to: path)
        return text
    }

    /// A random text of hexadecimal digits, two for each byte.
    static func randomDigits(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes * 2).map { _ in
            String(UInt8.random(in: 0..<16, using: &generator), radix: 16)
        }.joined()
    }
}
