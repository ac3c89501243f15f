internal import CUV
internal import Dispatch
internal import Synchronization

/// Threads for calls that block or compute for long (password hashing, files, name look-ups). Event loops never do.
public final class BlockingPool: Sendable {
    /// Why a call was not taken.
    public enum Refusal: Error, Sendable {
        /// As many calls wait as the pool allows: come back later.
        case queueFull
        /// The pool has been shut down.
        case closed
    }

    private struct Queue {
        var waiting: [@Sendable () -> Void] = []
        var isClosed = false
    }

    private let queueLimit: Int
    private let queue = Mutex(Queue())
    private let arrivals = DispatchSemaphore(value: 0)
    private let threadCount: Int

    /// - Parameters:
    ///   - name: of the threads, at most 15 bytes.
    ///   - threads: how many calls run at once.
    ///   - queueLimit: how many more may wait.
    public init(name: String, threads: Int, queueLimit: Int) {
        self.queueLimit = queueLimit
        threadCount = threads
        for _ in 0..<threads {
            let thread = NativeThread { [weak self] in
                cuv_name_thread(name)
                guard let arrivals = self?.arrivals else { return }
                while true {
                    arrivals.wait()
                    guard let work = self?.next() else { return }
                    work()
                }
            }
            thread.detach()
        }
    }

    deinit { close() }

    /// Runs `body` on a thread of the pool and answers what it answers, on the caller's executor.
    ///
    /// - Throws: ``Refusal``, else whatever `body` throws.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = queue.withLock { queue -> Refusal? in
                if queue.isClosed { return .closed }
                if queue.waiting.count >= queueLimit { return .queueFull }
                queue.waiting.append { continuation.resume(with: Result(catching: body)) }
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) } else { arrivals.signal() }
        }
    }

    /// Takes no more calls; those that wait are still done.
    public func close() {
        let wasOpen = queue.withLock { queue in
            defer { queue.isClosed = true }
            return !queue.isClosed
        }
        if wasOpen { for _ in 0..<threadCount { arrivals.signal() } }
    }

    /// The next call, or `nil` when the thread should end.
    private func next() -> (@Sendable () -> Void)? {
        queue.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }
}
