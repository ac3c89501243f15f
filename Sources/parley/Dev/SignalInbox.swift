import Glibc

/// Signals that are waited for instead of handled.
///
/// They are blocked in the calling thread, so this must be made before any other thread is: threads inherit the mask, and one
/// that does not block SIGTERM would take the process down.
struct SignalInbox {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        for signal in [SIGCHLD, SIGTERM, SIGINT] { sigaddset(&set, signal) }
        // Under `nohup` the closing of the terminal is ignored, and stays so.
        var hangup = sigaction()
        sigaction(SIGHUP, nil, &hangup)
        if !hangup.isIgnored { sigaddset(&set, SIGHUP) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)  // whoever read what we print may be gone
    }

    /// Waits for the next signal.
    ///
    /// - Returns: its number, or `nil` if none came in time.
    func wait(for timeout: Duration) -> Int32? {
        let (seconds, attoseconds) = timeout.components
        var limit = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var set = set
        let signal = sigtimedwait(&set, nil, &limit)
        return signal > 0 ? signal : nil
    }
}

extension sigaction {
    fileprivate var isIgnored: Bool {
        unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
