import Foundation
import Synchronization
import Testing

@testable import Observability

@Suite struct LogSinkTests {
    @Test func `a full buffer drops lines, and the next batch says how many`() throws {
        var buffer = LineBuffer(limit: 10)
        #expect(buffer.isEmpty)
        for line in ["aaaa\n", "bbbb\n", "cccc\n", "dddd\n"] { buffer.append(Array(line.utf8)) }
        let batch = String(decoding: buffer.take(at: Timestamp(milliseconds: 0)), as: UTF8.self)
        let notice = #"{"ts":"1970-01-01T00:00:00.000Z","level":"warning","logger":"log","message":"log lines dropped","dropped":"2"}"#
        #expect(batch == "aaaa\nbbbb\n\(notice)\n")
        #expect(buffer.isEmpty)
        buffer.append(Array("eeee\n".utf8))
        #expect(buffer.take(at: Timestamp(milliseconds: 0)) == Array("eeee\n".utf8))
    }

    @Test func `lines of many threads arrive whole and complete`() async throws {
        let pipe = Pipe()
        let sink = DescriptorLogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let reader = PipeReader(pipe)
        await withTaskGroup { group in
            for writer in 0..<8 {
                group.addTask { for line in 0..<500 { sink.write(Array("\(writer) \(line)\n".utf8)) } }
            }
        }
        #expect(sink.flush(timeout: .seconds(30)))
        let lines = try reader.linesToEnd().map { $0.split(separator: " ") }
        #expect(lines.count == 4000)
        for writer in 0..<8 {
            #expect(
                lines.filter { $0.first == "\(writer)" }.compactMap { Int($0[1]) } == Array(0..<500), "each thread's lines in its order")
        }
    }

    @Test func `a reader that stands still costs lines, not the caller's time, and is told how many once it reads`() throws {
        let pipe = Pipe()
        let sink = DescriptorLogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor, queueLimit: 100_000)
        let line = Array((String(repeating: "x", count: 999) + "\n").utf8)
        for _ in 0..<1000 { sink.write(line) }  // 1 MB into a pipe of 64 KiB and a queue of 100 kB
        #expect(!sink.flush(timeout: .milliseconds(50)))
        let reader = PipeReader(pipe)
        #expect(sink.flush(timeout: .seconds(30)))
        let lines = try reader.linesToEnd()
        let kept = lines.filter { $0.hasPrefix("x") }.count
        let dropped = lines.filter { $0.contains("log lines dropped") }.compactMap { Int($0.split(separator: "\"").dropLast().last ?? "") }
        #expect(kept + dropped.reduce(0, +) == 1000)
        #expect(kept < 400)
    }

    @Test func `a pipe that nobody reads any more does not end the process`() throws {
        let pipe = Pipe()
        let sink = DescriptorLogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForReading.close()
        sink.write(Array("lost\n".utf8))
        #expect(sink.flush(timeout: .seconds(30)))
    }

    @Test func `a sink that is let go still writes what it has`() throws {
        let pipe = Pipe()
        DescriptorLogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor).write(Array("last\n".utf8))
        #expect(try pipe.fileHandleForReading.read(upToCount: 5) == Data("last\n".utf8))
    }
}

/// Reads a pipe on a thread of its own: a blocked read would keep one of the few threads that run the tests.
private final class PipeReader: Sendable {
    private let pipe: Pipe
    private let data = Mutex(Data())
    private let isDone = DispatchSemaphore(value: 0)

    init(_ pipe: Pipe) {
        self.pipe = pipe
        Thread.detachNewThread { [self] in
            let read = pipe.fileHandleForReading.readDataToEndOfFile()
            data.withLock { $0 = read }
            isDone.signal()
        }
    }

    /// Closes the writing end and gives all lines that were written to it.
    func linesToEnd() throws -> [String] {
        try pipe.fileHandleForWriting.close()
        isDone.wait()
        return data.withLock { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) }
    }
}
