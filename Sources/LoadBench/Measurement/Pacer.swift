internal import Runtime
internal import Synchronization

/// Instants at a fixed distance, whether anybody keeps up with them or not.
struct Schedule {
    private let start: UInt64
    /// Nanoseconds.
    private let interval: Double
    private var taken = 0

    /// - Parameter rate: instants per second.
    init(start: UInt64, rate: Double) {
        self.start = start
        interval = 1e9 / rate
    }

    /// The next instant.
    var next: UInt64 { start + UInt64(Double(taken) * interval) }

    /// Takes the next instant away, if it has come.
    mutating func takeDue(at now: UInt64) -> UInt64? {
        let due = next
        guard due <= now else { return nil }
        taken += 1
        return due
    }
}

/// Wakes a loop whenever a schedule has something due. A thread of its own sleeps in between: timers of the loop are only good for
/// milliseconds, and at 5,000 messages a second one is due every 200 µs.
final class Pacer: Sendable {
    /// Between two wake-ups, at least. What is due meanwhile is sent together.
    private static let pause: UInt64 = 100_000

    private let isStopped = Atomic(false)
    private let pool = BlockingPool(name: "pacer", threads: 1, queueLimit: 1)

    /// Calls `wake` on `loop` at the instants of `schedule`, until ``stop()``.
    func start(_ schedule: Schedule, on loop: EventLoop, wake: @escaping @Sendable () -> Void) {
        Task { [self] in
            try? await pool.run { [self] in
                var schedule = schedule
                while !isStopped.load(ordering: .relaxed) {
                    MonotonicClock.sleep(until: schedule.next)
                    loop.post(wake)
                    let now = MonotonicClock.now + Self.pause
                    while schedule.takeDue(at: now) != nil {}
                }
            }
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }
}
