internal import Glibc

/// A thread of our own: for an event loop, or for calls that block.
final class NativeThread: Sendable {
    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Body(run: body)).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { box in
                if let box { Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
                return nil
            }, box)
        precondition(status == 0, "no thread to be had: out of memory or over the limit of processes")
        self.thread = thread
    }

    /// Waits until the body has returned. At most once.
    func join() { pthread_join(thread, nil) }

    /// Lets the thread clear up after itself when its body returns. Instead of ``join()``.
    func detach() { pthread_detach(thread) }

    private final class Body {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
