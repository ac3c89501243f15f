internal import Runtime

/// Somebody who waits until something is told to a member, without a socket: a request that answers then.
///
/// `@unchecked Sendable`: confined to the loop that it was made on.
final class Listener: @unchecked Sendable {
    private let loop: EventLoop
    private var hasHeard = false
    private var waiting: CheckedContinuation<Bool, Never>?
    private var timer: LoopTimer?
    /// Forgets it. Nobody knows of a listener that has none: it hears nothing.
    var whenEnded: (() -> Void)?

    init(loop: EventLoop) { self.loop = loop }

    /// Something was told to the member.
    func hear() {
        guard waiting != nil else { return hasHeard = true }
        answer(true)
    }

    /// Waits until something is told, or was since it was last asked.
    ///
    /// - Returns: whether it was before `deadline`.
    func hears(before deadline: ContinuousClock.Instant) async -> Bool {
        if hasHeard {
            hasHeard = false
            return true
        }
        guard whenEnded != nil else { return false }
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return false }
        return await withCheckedContinuation { continuation in
            waiting = continuation
            timer = loop.schedule(after: left) { [weak self] in self?.answer(false) }
        }
    }

    /// Waits no more, and is told nothing more. Called as often as one likes.
    func end() {
        answer(false)
        whenEnded?()
        whenEnded = nil
    }

    private func answer(_ heard: Bool) {
        timer?.cancel()
        timer = nil
        waiting?.resume(returning: heard)
        waiting = nil
    }
}
