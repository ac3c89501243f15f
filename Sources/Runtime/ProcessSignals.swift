internal import Dispatch
internal import Glibc

/// Signals of the operating system, as something to wait for.
public enum ProcessSignals {
    /// Returns when somebody asks the process to stop (SIGTERM, SIGINT), which no longer ends it by itself.
    public static func stopRequested() async { _ = await first(of: [SIGTERM, SIGINT]) }

    /// Returns the first of `signals` that arrives.
    public static func first(of signals: [Int32]) async -> Int32 {
        let (stream, report) = AsyncStream<Int32>.makeStream()
        let sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { report.yield(number) }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        for await number in stream { return number }
        return 0
    }

    /// A peer that went away while we wrote is an error of that write, never the end of the process.
    public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
