import Foundation
import Synchronization
import Testing

@testable import Observability

/// A sink that keeps the lines it is given.
final class CapturedLog: LogSink {
    private let captured = Mutex<[[UInt8]]>([])

    func write(_ line: [UInt8]) {
        captured.withLock { $0.append(line) }
    }

    var lines: [String] { captured.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }

    /// The only line, read back as JSON by a parser that is not ours.
    func onlyLine() throws -> [String: String] {
        let line = try #require(lines.count == 1 ? lines.first : nil)
        return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    }

    /// A logger that writes here, at 2026-11-20T15:04:05.678Z.
    func logger(level: Logger.Level = .trace) -> Logger {
        Logger(label: "test", level: level, sink: self, clock: { Timestamp(milliseconds: 1_795_187_045_678) })
    }
}

extension Logger.Key {
    static let reason: Self = "reason"
    static let request: Self = "request_id"
}
