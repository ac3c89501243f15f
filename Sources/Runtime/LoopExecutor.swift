internal import CUV
internal import Synchronization

/// The thread of one event loop, as Swift Concurrency sees it.
///
/// A tick is: timers, then input, then ``drain()``: every job that became ready, then what asked to be told at the end
/// of the tick (writes, batches), until nothing is left; then libuv waits for the next input. So everything that one
/// tick produced for a socket leaves in one system call.
///
/// `@unchecked Sendable`: `jobs`, `running`, `participants` and the libuv handles are touched by the loop's thread
/// only; what other threads leave goes through `mailbox`, under its lock, and `uv_async_send`, which is thread-safe.
final class LoopExecutor: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// What other threads left for this loop.
    private struct Mailbox {
        var jobs: [UnownedJob] = []
        var letters: [@Sendable () -> Void] = []
        /// Set while a wake-up is under way, so that a thousand letters cost one `eventfd` write.
        var isWaking = false
        /// Set once the loop has ended: no thread will ever open the mailbox again.
        var isClosed = false
    }

    /// How often jobs may make further jobs before input gets its turn. Keeps a task that only yields from starving
    /// the sockets (NETCORE §9, gotcha 4).
    private static let roundsPerTick = 64

    /// Bytes of the one read buffer that all sockets of the loop share. An idle socket owns none.
    private static let scratchSize = 65_536

    let uv: UnsafeMutablePointer<uv_loop_t>
    let scratch: UnsafeMutableRawBufferPointer
    private let wakeHandle: UnsafeMutablePointer<uv_async_t>
    private let prepareHandle: UnsafeMutablePointer<uv_prepare_t>
    /// Runs only while work is left over from a tick: an active idle handle keeps libuv from waiting.
    private let idleHandle: UnsafeMutablePointer<uv_idle_t>

    private var jobs: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var participants: [any TickParticipant] = []
    private var participating: [any TickParticipant] = []
    private let mailbox = Mutex(Mailbox())

    /// The actor that this thread belongs to. It owns the executor and so outlives every use of it; written once, by
    /// ``adopt(_:)``, before the thread starts. Not `weak`: what is referred to weakly is slower to retain, everywhere.
    private(set) unowned var loop: EventLoop?

    init() {
        uv = .allocate(capacity: 1)
        wakeHandle = .allocate(capacity: 1)
        prepareHandle = .allocate(capacity: 1)
        idleHandle = .allocate(capacity: 1)
        scratch = .allocate(byteCount: Self.scratchSize, alignment: 64)
        precondition(uv_loop_init(uv) == 0, "no event loop: out of file descriptors?")
        let me = Unmanaged.passUnretained(self).toOpaque()
        uv_async_init(uv, wakeHandle) { handle in LoopExecutor.of(handle?.pointee.data).openMailbox() }
        uv_prepare_init(uv, prepareHandle)
        uv_idle_init(uv, idleHandle)
        wakeHandle.pointee.data = me
        prepareHandle.pointee.data = me
        uv_prepare_start(prepareHandle) { handle in LoopExecutor.of(handle?.pointee.data).drain() }
    }

    deinit {
        for memory in [UnsafeMutableRawPointer(wakeHandle), .init(prepareHandle), .init(idleHandle), .init(uv)] {
            memory.deallocate()
        }
        scratch.deallocate()
    }

    /// The executor whose thread the caller runs on.
    static var current: LoopExecutor? {
        cuv_current_loop().map { Unmanaged<LoopExecutor>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> LoopExecutor {
        guard let data else { preconditionFailure("a handle of the loop lost its owner") }
        return Unmanaged<LoopExecutor>.fromOpaque(data).takeUnretainedValue()
    }

    func adopt(_ loop: EventLoop) { self.loop = loop }

    // MARK: Executor

    var isCurrent: Bool { cuv_current_loop() == Unmanaged.passUnretained(self).toOpaque() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
        } else {
            // A job for a loop that has ended is dropped: its task stays suspended for good, as at the process's end.
            leave { $0.jobs.append(job) }
        }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    func checkIsolated() { precondition(isCurrent, "this belongs to another event loop") }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    // MARK: Mailbox

    func post(_ letter: @escaping @Sendable () -> Void) {
        leave { $0.letters.append(letter) }
    }

    private func leave(_ put: (inout Mailbox) -> Void) {
        let mustWake = mailbox.withLock { box in
            if box.isClosed { return false }
            put(&box)
            defer { box.isWaking = true }
            return !box.isWaking
        }
        if mustWake { uv_async_send(wakeHandle) }
    }

    private func openMailbox() {
        let (arrived, letters) = mailbox.withLock { box in
            defer {
                box.jobs.removeAll(keepingCapacity: box.jobs.capacity <= 1024)
                box.letters.removeAll(keepingCapacity: box.letters.capacity <= 1024)
                box.isWaking = false
            }
            return (box.jobs, box.letters)
        }
        jobs += arrived
        for letter in letters { letter() }
    }

    // MARK: Tick

    func atEndOfTick(_ participant: any TickParticipant) { participants.append(participant) }

    private func drain() {
        var round = 0
        while round < Self.roundsPerTick, !(jobs.isEmpty && participants.isEmpty) {
            round += 1
            runJobs()
            tellParticipants()
        }
        if jobs.isEmpty && participants.isEmpty {
            uv_idle_stop(idleHandle)
        } else {
            uv_idle_start(idleHandle) { _ in }
        }
    }

    private func runJobs() {
        let executor = asUnownedTaskExecutor()
        swap(&jobs, &running)
        for job in running { job.runSynchronously(on: executor) }
        running.removeAll(keepingCapacity: running.capacity <= 4096)
    }

    private func tellParticipants() {
        swap(&participants, &participating)
        for participant in participating { participant.tickEnded() }
        participating.removeAll(keepingCapacity: participating.capacity <= 4096)
    }

    // MARK: Life

    /// Runs the loop on the calling thread until ``stop()``.
    func run(name: String) {
        cuv_name_thread(name)
        cuv_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        defer { cuv_set_current_loop(nil) }
        uv_run(uv, UV_RUN_DEFAULT)
        mailbox.withLock { $0.isClosed = true }
        closeHandles()
    }

    func stop() {
        post { [self] in uv_stop(uv) }
    }

    private func closeHandles() {
        uv_walk(
            uv,
            { handle, _ in
                if let handle, uv_is_closing(handle) == 0 { uv_close(handle, nil) }
            }, nil)
        while uv_run(uv, UV_RUN_NOWAIT) != 0 {}
        uv_loop_close(uv)
    }
}

/// Something that has work to do once at the end of the current tick, before the loop waits again.
public protocol TickParticipant: AnyObject {
    /// Called once for each ``EventLoop/atEndOfTick(_:)``, on the loop.
    func tickEnded()
}
