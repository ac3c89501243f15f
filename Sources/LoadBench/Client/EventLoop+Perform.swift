internal import Runtime

extension EventLoop {
    /// Runs async `body` on this loop and answers what it answers. Not for the loop's own thread.
    nonisolated func perform<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            post {
                self.start {
                    do {
                        continuation.resume(returning: try await body())
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
        }
    }
}
