internal import CUV

/// Work that an event loop does later, once or again and again. Made by ``EventLoop/schedule(after:_:)``.
///
/// Belongs to its loop. It lives until it has fired or was cancelled, whether somebody holds it or not.
public final class LoopTimer {
    /// Freed by libuv's closing callback, not before: libuv may still hold it in a list until then.
    private var handle: UnsafeMutablePointer<uv_timer_t>?
    private var work: (() -> Void)?
    private let repeats: Bool

    init(loop: UnsafeMutablePointer<uv_loop_t>, delay: Duration, repeats: Bool, work: @escaping () -> Void) {
        let handle = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
        self.handle = handle
        self.work = work
        self.repeats = repeats
        uv_timer_init(loop, handle)
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let milliseconds = delay.roundedUpToMilliseconds
        uv_timer_start(
            handle,
            { handle in
                guard let data = handle?.pointee.data else { return }
                Unmanaged<LoopTimer>.fromOpaque(data).takeUnretainedValue().fire()
            }, milliseconds, repeats ? max(1, milliseconds) : 0)
    }

    /// Ends the timer. It will not fire any more; cancelling twice, or after it fired, does nothing.
    public func cancel() {
        work = nil
        guard let handle, uv_is_closing(UnsafeRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) == 0 else { return }
        self.handle = nil
        uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let handle else { return }
            if let data = handle.pointee.data { Unmanaged<LoopTimer>.fromOpaque(data).release() }
            UnsafeMutableRawPointer(handle).deallocate()
        }
    }

    private func fire() {
        let work = work
        if !repeats { cancel() }
        work?()
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, at least 0.
    var roundedUpToMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(seconds) * 1000 + UInt64((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
