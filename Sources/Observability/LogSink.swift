/// Takes finished log lines.
public protocol LogSink: Sendable {
    /// Takes one whole line, its line feed included. Called from any thread, event loops among them: it must not block.
    func write(_ line: [UInt8])
}
