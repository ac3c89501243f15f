internal import CUV

/// One thread that waits for input and runs everything that belongs to its connections.
///
/// An event loop is an actor, and its executor is its thread: code isolated to it runs without a lock and without a
/// hop. Objects that belong to a loop are plain classes reached from it alone; whoever comes from another thread
/// leaves a letter with ``post(_:)`` or awaits ``run(_:)``.
public actor EventLoop {
    /// Position in its group, from 0.
    public nonisolated let index: Int
    let executor: LoopExecutor

    init(index: Int) {
        self.index = index
        executor = LoopExecutor()
        executor.adopt(self)
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The loop whose thread this is, or `nil` on every other thread.
    public static var current: EventLoop? { LoopExecutor.current?.loop }

    /// Whether the caller runs on this loop's thread.
    public nonisolated var isCurrent: Bool { executor.isCurrent }

    /// Stops the process when the caller is on another thread: a programming error that would be a data race.
    public nonisolated func preconditionInLoop() { executor.checkIsolated() }

    /// Runs `letter` on this loop, soon. Letters of one thread arrive in order; many letters cost one wake-up.
    public nonisolated func post(_ letter: @escaping @Sendable () -> Void) { executor.post(letter) }

    /// Runs `body` on this loop and answers what it answers. From another loop that costs two thread wake-ups.
    public func run<Value: Sendable>(_ body: @Sendable (isolated EventLoop) throws -> Value) rethrows -> Value {
        try body(self)
    }

    /// Runs async `body` on this loop, with every continuation of what it calls, and answers what it answers: the way onto
    /// the loop for a task of elsewhere.
    ///
    /// Isolation brings the task here, the preference keeps it: closures that `body` hands to functions of the standard
    /// library are not isolated, and would run on the global pool.
    public func perform<Value: Sendable, Failure>(
        _ body: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withTaskExecutorPreference(executor) { () async throws(Failure) in try await body() }
    }

    /// Starts `body` on this loop at once: the way from a callback of the loop into async code. Loop thread only.
    ///
    /// The body runs up to its first suspension before this returns, and every continuation comes back to this loop's
    /// own queue. (A task isolated to the actor would be resumed on the global pool first, and cost two thread hops,
    /// because a C callback has no executor that the runtime could remember: `docs/decisions/event-loops.md`.)
    @discardableResult
    public nonisolated func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        assert(isCurrent)
        return Task.immediate(executorPreference: executor) { await body() }
    }

    /// Tells `participant` once when the current tick ends, before the loop waits for input again. Loop thread only.
    public nonisolated func atEndOfTick(_ participant: any TickParticipant) {
        assert(isCurrent)
        executor.atEndOfTick(participant)
    }

    /// Calls `work` on this loop after `delay`, unless the timer is cancelled first. Loop thread only.
    ///
    /// - Parameter delay: rounded up to whole milliseconds.
    @discardableResult
    public nonisolated func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer {
        assert(isCurrent)
        return LoopTimer(loop: executor.uv, delay: delay, repeats: false, work: work)
    }

    /// Calls `work` on this loop every `interval` until the timer is cancelled. Loop thread only.
    public nonisolated func schedule(every interval: Duration, _ work: @escaping () -> Void) -> LoopTimer {
        assert(isCurrent)
        return LoopTimer(loop: executor.uv, delay: interval, repeats: true, work: work)
    }

    /// Milliseconds of a monotonic clock, as of the beginning of this tick. Loop thread only.
    public nonisolated var now: UInt64 { uv_now(executor.uv) }

    /// The one read buffer of the loop, lent to whoever reads from a socket just now, until its callback returns.
    public nonisolated var scratch: UnsafeMutableRawBufferPointer { executor.scratch }
}
