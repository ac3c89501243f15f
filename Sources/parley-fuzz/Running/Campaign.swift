import Glibc

/// Runs every parser in a process of its own: what one parser does to memory is seen, and a crash of one ends no other.
struct Campaign {
    let inputs: Int
    let seed: UInt64
    let corpus: String?

    /// - Returns: whether there was no finding.
    func run() -> Bool {
        var waiting = Targets.all.map(\.name)[...]
        var running: [pid_t: String] = [:]
        var isClean = true
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < Self.processes, let parser = waiting.popFirst() {
                if let child = start(parser) {
                    running[child] = parser
                } else {
                    Console.say("FAILED \(parser): no process for it")
                    isClean = false
                }
            }
            var status: Int32 = 0
            let child = wait(&status)
            guard let parser = running.removeValue(forKey: child) else { continue }
            if status != 0 { isClean = false }
            if status & 0x7F != 0 { Console.say("FAILED \(parser), seed \(seed): ended by signal \(status & 0x7F)") }
        }
        return isClean
    }

    private static let processes = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    private func start(_ parser: String) -> pid_t? {
        let words = ["parley-fuzz", parser, "--inputs", "\(inputs)", "--seed", "\(seed)"] + (corpus.map { ["--corpus", $0] } ?? [])
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        guard posix_spawn(&child, "/proc/self/exe", nil, nil, &arguments, environ) == 0 else { return nil }
        return child
    }
}
