internal import Runtime
internal import Synchronization

extension EventLoop {
    /// Runs `body` in a task of this loop, to which everything that it awaits comes back, and answers what it answers.
    ///
    /// The body sees the caller's task-local values, and is cancelled with the caller. It is the way onto a loop for async work:
    /// an async function with an isolated parameter that only awaits others is left where it is by release builds.
    nonisolated func perform<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await Self.start(body, on: self)
    }

    private static func start<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value, on loop: isolated EventLoop
    ) async throws -> Value {
        let outcome = Outcome<Value>()
        let task = loop.start { await outcome.fill(body) }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return try outcome.get()
    }
}

/// What a task made, for whoever waits for its end.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>>(.failure(CancellationError()))

    func fill(_ body: () async throws -> Value) async {
        let made: Result<Value, any Error>
        do { made = .success(try await body()) } catch { made = .failure(error) }
        result.withLock { $0 = made }
    }

    func get() throws -> Value { try result.withLock { $0 }.get() }
}
