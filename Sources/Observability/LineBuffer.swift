/// Lines that wait for the writer thread, up to a limit. It counts what does not fit and says so in the next batch.
struct LineBuffer {
    /// Bytes that may wait.
    let limit: Int
    private var pending: [UInt8] = []
    private var dropped = 0

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { pending.isEmpty && dropped == 0 }

    /// Adds a line, or counts it as dropped if it does not fit.
    mutating func append(_ line: [UInt8]) {
        if pending.count + line.count <= limit {
            pending.append(contentsOf: line)
        } else {
            dropped += 1
        }
    }

    /// Takes everything that waits. Lines were dropped after those that fit, so that is where the batch tells it.
    mutating func take(at time: Timestamp) -> [UInt8] {
        var batch: [UInt8] = []
        swap(&batch, &pending)
        if dropped > 0 {
            batch += LogLine.render(
                at: time, level: .warning, label: "log", message: "log lines dropped", facts: [.dropped: "\(dropped)"])
            dropped = 0
        }
        return batch
    }
}

extension Logger.Key {
    /// Lines that were lost because the reader of the log was too slow.
    static let dropped: Self = "dropped"
}
