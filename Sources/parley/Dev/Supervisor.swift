import Glibc

/// Starts named child processes, starts again whatever dies, and ends them in reverse order.
///
/// Confined to the thread that made it, which must be the main thread (see ``ChildProgram/spawn()`` and ``SignalInbox``).
/// A file `hold/<name>` in the home keeps a child that is down from being started. Once ``publish()`` was called, the file
/// `pids` tells who runs, one `name pid` a line.
final class Supervisor {
    /// Thrown when a signal asks everything to end.
    struct Interrupted: Error {}

    /// A program that runs once, to its end.
    private enum Errand: Equatable {
        case running
        case done(ExitStatus)
    }

    private let home: DevHome
    private let report: (String) -> Void
    private let signals = SignalInbox()
    private let start = ContinuousClock.now
    private var supervision = Supervision()
    private var programs: [String: ChildProgram] = [:]
    private var heldNow: Set<String> = []
    private var errands: [pid_t: Errand] = [:]
    private var isPublished = false

    init(home: DevHome, report: @escaping (String) -> Void) {
        self.home = home
        self.report = report
    }

    private var now: Duration { ContinuousClock.now - start }

    /// The process id of a child, if it runs.
    func pid(of name: String) -> Int32? {
        supervision.running.first { $0.name == name }?.pid
    }

    /// Runs a program once, to its end, while the others are kept running.
    ///
    /// - Throws: ``DevFailure`` with the end of its log unless it exits with 0, or ``Interrupted``.
    func run(_ program: ChildProgram) throws {
        let pid = try program.spawn()
        errands[pid] = .running
        defer { errands[pid] = nil }
        do {
            try keepUp { errands[pid] != .running }
        } catch {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw error
        }
        if case .done(let status) = errands[pid], status != .exited(0) {
            throw DevFailure("\(program.name) \(status):\n\(home.endOfLog(at: program.log))")
        }
    }

    /// Keeps a program running from now on, and returns once it is ready.
    ///
    /// - Throws: ``DevFailure`` with the end of its log if it dies again and again or is not ready in time, or ``Interrupted``.
    func keep(_ program: ChildProgram, within limit: Duration, untilReady isReady: () -> Bool) throws {
        programs[program.name] = program
        supervision.keep(program.name, ending: program.ending)
        var deadline = now + limit
        try keepUp {
            if heldNow.contains(program.name) { deadline = now + limit }
            guard supervision.quickDeaths(of: program.name) < 4, now < deadline else {
                throw DevFailure("\(program.name) does not start:\n\(home.endOfLog(at: program.log))")
            }
            return pid(of: program.name) != nil && isReady()
        }
    }

    /// Keeps everything running until a signal asks for the end.
    func keepUpUntilInterrupted() throws {
        try keepUp { false }
    }

    /// Tells who runs in the file `pids`, now and at every change.
    func publish() {
        isPublished = true
        writeProcessIDs()
    }

    /// Ends all children, the last started first. A second signal while that lasts ends them at once.
    func end() {
        supervision.end()
        var isFinished = false
        while !isFinished {
            reap()
            for action in supervision.due(at: now, isHeld: { _ in false }) {
                switch action {
                case .signal(let pid, let number): kill(pid, number)
                case .finished: isFinished = true
                case .start: break
                }
            }
            guard !isFinished else { break }
            if let signal = signals.wait(for: .milliseconds(50)), signal != SIGCHLD { supervision.kill() }
        }
        isPublished = false
        unlink(home.processIDs)
    }

    private func keepUp(until isDone: () throws -> Bool) throws {
        while true {
            reap()
            startWhatIsDue()
            if try isDone() { return }
            let patience = supervision.isSettled && isPublished ? Duration.seconds(1) : .milliseconds(20)
            if let signal = signals.wait(for: patience), signal != SIGCHLD { throw Interrupted() }
        }
    }

    private func startWhatIsDue() {
        var held: Set<String> = []
        let actions = supervision.due(at: now) { name in
            let isHeld = access(home.hold(name), F_OK) == 0
            if isHeld { held.insert(name) }
            return isHeld
        }
        for name in held.subtracting(heldNow) { report("\(name) is kept down by \(home.hold(name))") }
        heldNow = held
        for case .start(let name) in actions {
            guard let program = programs[name] else { continue }
            program.prepare()
            do throws(DevFailure) {
                supervision.started(name, pid: try program.spawn(), at: now)
                writeProcessIDs()
            } catch {
                report(error.explanation)
                supervision.failedToStart(name, at: now)
            }
        }
    }

    private func reap() {
        var raw: Int32 = 0
        while true {
            let pid = waitpid(-1, &raw, WNOHANG)
            guard pid > 0 else { return }
            let status = ExitStatus(raw)
            if errands[pid] != nil {
                errands[pid] = .done(status)
            } else if let name = supervision.exited(pid: pid, at: now) {
                if isPublished { report("\(name) (process \(pid)) \(status)") }
                writeProcessIDs()
            }
        }
    }

    private func writeProcessIDs() {
        guard isPublished else { return }
        let lines = supervision.running.map { "\($0.name) \($0.pid)\n" }.joined()
        do throws(DevFailure) {
            try Files.write(lines, to: home.processIDs, mode: 0o644)
        } catch {
            report(error.explanation)
        }
    }
}
