internal import CUV

/// The event loops of a process, each on a thread of its own.
public final class EventLoopGroup: Sendable {
    public let loops: [EventLoop]
    private let threads: [NativeThread]

    /// - Parameter count: how many loops; one per core is the measure of a server.
    public init(count: Int = EventLoopGroup.coreCount) {
        let loops = (0..<max(1, count)).map(EventLoop.init(index:))
        self.loops = loops
        threads = loops.map { loop in
            NativeThread { loop.executor.run(name: "loop-\(loop.index)") }
        }
    }

    /// Processors that this process may use.
    public static var coreCount: Int { Int(uv_available_parallelism()) }

    /// Stops every loop after what it is doing now, and waits for the threads. Nothing runs on these loops afterwards.
    public func shutdown() {
        for loop in loops { loop.executor.stop() }
        for thread in threads { thread.join() }
    }
}

/// One value for each loop of a group, made on that loop and handed out on it alone, so that the value itself needs no lock.
///
/// `@unchecked Sendable`: `values` never changes after `init`, and ``current`` gives a loop's own thread its own value only.
public struct LoopLocal<Value>: @unchecked Sendable {
    private let values: [Value]

    /// Makes the values, one loop after the other. Do not call it on a loop: it waits for them.
    public init(_ group: EventLoopGroup, _ make: @escaping @Sendable (EventLoop) throws -> Value) async throws {
        var values: [Made<Value>] = []
        for loop in group.loops { values.append(try await loop.run { loop in Made(value: try make(loop)) }) }
        self.values = values.map(\.value)
    }

    /// The value of the loop whose thread the caller runs on. Stops the process elsewhere.
    public var current: Value {
        guard let loop = EventLoop.current else { preconditionFailure("a loop's own value was asked for outside of the loops") }
        return values[loop.index]
    }
}

/// Carries a value from its loop to the table of ``LoopLocal``, which gives it back to that loop alone.
private struct Made<Value>: @unchecked Sendable {
    let value: Value
}
