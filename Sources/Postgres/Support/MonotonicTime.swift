internal import Glibc

/// A clock that never goes back, to measure with.
enum MonotonicTime {
    /// Nanoseconds since some moment in the past.
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
