internal import Glibc

/// How many files and sockets this process may have open at a time.
public enum DescriptorLimit {
    /// Raises the limit as far as the process may by itself, and answers it.
    ///
    /// Systems give 1,024 at first, because `select` knows no more; what asks for more is expected to raise it itself.
    @discardableResult
    public static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Int(FD_SETSIZE) }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }
}
