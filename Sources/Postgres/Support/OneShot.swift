internal import Synchronization

/// A value that one task waits for and somebody else delivers, before or after the wait begins, on any thread.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case delivered(Value)
    }

    private let state = Mutex(State.empty)

    /// Delivers the value. Only the first one counts.
    func deliver(_ value: Value) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, Never>? in
            switch state {
            case .empty:
                state = .delivered(value)
                return nil
            case .awaited(let waiter):
                state = .delivered(value)
                return waiter
            case .delivered: return nil
            }
        }
        waiter?.resume(returning: value)
    }

    /// Waits for the value. At most one task does; it calls `onCancel` at once when it is cancelled, on any thread.
    func value(onCancel: @escaping @Sendable () -> Void) async -> Value {
        // The operation may run on another executor than the caller. That is why nothing of a loop is touched in it.
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let delivered = state.withLock { state -> Value? in
                    if case .delivered(let value) = state { return value }
                    state = .awaited(waiter)
                    return nil
                }
                if let delivered { waiter.resume(returning: delivered) }
            }
        } onCancel: {
            onCancel()
        }
    }
}
