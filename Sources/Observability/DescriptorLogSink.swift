import Glibc

/// Writes lines to a file descriptor from a thread of its own, so that a slow terminal or a full pipe never holds an event loop up.
///
/// Lines wait in a bounded queue. When it is full they are dropped and counted, and a later line says how many.
public final class DescriptorLogSink: LogSink {
    /// Standard error. What still waits at `exit` is written then, for one second at most.
    public static let standardError: DescriptorLogSink = {
        atexit { DescriptorLogSink.standardError.flush(timeout: .seconds(1)) }
        return DescriptorLogSink(descriptor: STDERR_FILENO)
    }()

    private let writer: LogWriter

    /// - Parameters:
    ///   - descriptor: Stays its owner's, who keeps it open for as long as the sink lives and has not been flushed.
    ///   - queueLimit: Bytes that may wait.
    public init(descriptor: Int32, queueLimit: Int = 1 << 20) {
        writer = LogWriter(descriptor: descriptor, queueLimit: queueLimit)
        writer.start()
    }

    deinit { writer.stop() }

    public func write(_ line: [UInt8]) { writer.enqueue(line) }

    /// Waits until everything taken so far is written, or `timeout` is over. Blocks: for shutdown and tests.
    ///
    /// - Returns: Whether everything was written.
    @discardableResult public func flush(timeout: Duration) -> Bool { writer.flush(timeout: timeout) }
}
