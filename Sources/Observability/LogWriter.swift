import Glibc

/// The queue and the thread behind a ``DescriptorLogSink``.
///
/// `@unchecked Sendable`: `buffer`, `isWriting` and `isStopping` are touched only under `mutex`.
final class LogWriter: @unchecked Sendable {
    private let descriptor: Int32
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let drained = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var buffer: LineBuffer
    private var isWriting = false
    private var isStopping = false

    init(descriptor: Int32, queueLimit: Int) {
        self.descriptor = descriptor
        buffer = LineBuffer(limit: queueLimit)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(filled, &attributes)
        pthread_cond_init(drained, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(drained)
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(mutex)
        drained.deallocate()
        filled.deallocate()
        mutex.deallocate()
    }

    func enqueue(_ line: [UInt8]) {
        pthread_mutex_lock(mutex)
        let wasEmpty = buffer.isEmpty
        buffer.append(line)
        pthread_mutex_unlock(mutex)
        if wasEmpty { pthread_cond_signal(filled) }
    }

    func flush(timeout: Duration) -> Bool {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let (seconds, attoseconds) = timeout.components
        let nanoseconds = Int64(deadline.tv_nsec) + attoseconds / 1_000_000_000
        deadline.tv_sec += Int(seconds + nanoseconds / 1_000_000_000)
        deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)

        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while isWriting || !buffer.isEmpty {
            guard pthread_cond_timedwait(drained, mutex, &deadline) == 0 else { return false }
        }
        return true
    }

    /// Starts the thread. It keeps the writer alive until ``stop()``.
    ///
    /// If the system has no thread to give, lines are dropped once the queue is full: a service without a log beats no service.
    func start() {
        var thread = pthread_t()
        let writer = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { writer in
                guard let writer else { return nil }
                Unmanaged<LogWriter>.fromOpaque(writer).takeRetainedValue().run()
                return nil
            }, writer.toOpaque())
        guard failure == 0 else { return writer.release() }
        pthread_detach(thread)
    }

    /// Lets the thread end as soon as it has written what waits.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_mutex_unlock(mutex)
        pthread_cond_signal(filled)
    }

    private func run() {
        // Signals are for the other threads; above all a closed pipe must not end the process by SIGPIPE.
        var everySignal = sigset_t()
        sigfillset(&everySignal)
        pthread_sigmask(SIG_BLOCK, &everySignal, nil)

        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            while buffer.isEmpty && !isStopping { pthread_cond_wait(filled, mutex) }
            guard !buffer.isEmpty else { return }
            let batch = buffer.take(at: .now)
            isWriting = true
            pthread_mutex_unlock(mutex)
            writeWhole(batch)
            pthread_mutex_lock(mutex)
            isWriting = false
            if buffer.isEmpty { pthread_cond_broadcast(drained) }
        }
    }

    /// Writes the batch, waiting as long as it takes. A descriptor that is closed or broken swallows it.
    private func writeWhole(_ batch: [UInt8]) {
        batch.withUnsafeBytes { batch in
            var rest = batch[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&writable, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
