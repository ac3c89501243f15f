internal import Observability

/// Runs services until one of them fails or the process is asked to stop; then stops them in reverse order.
public struct ServiceGroup: Sendable {
    private let services: [any Service]
    private let drainLimit: Duration

    /// - Parameters:
    ///   - services: in starting order.
    ///   - drainLimit: how long each may take to finish once it is asked to stop.
    public init(_ services: [any Service], drainLimit: Duration) {
        self.services = services
        self.drainLimit = drainLimit
    }

    private enum Event: Sendable {
        case stopRequested
        case ended((any Error)?)
    }

    /// Runs until `stopRequested` returns or a service ends.
    ///
    /// - Throws: the error of the service that failed first.
    public func run(until stopRequested: @escaping @Sendable () async -> Void) async throws {
        let (events, report) = AsyncStream<Event>.makeStream()
        let waiter = Task {
            await stopRequested()
            report.yield(.stopRequested)
        }
        let running = services.map { service in
            Task.immediate {
                do {
                    try await service.run()
                    report.yield(.ended(nil))
                } catch is CancellationError {
                    report.yield(.ended(nil))
                } catch {
                    report.yield(.ended(error))
                }
            }
        }
        var failure: (any Error)?
        for await event in events {
            if case .ended(let error) = event { failure = error }
            break
        }
        waiter.cancel()
        for task in running.reversed() { await stop(task) }
        if let failure { throw failure }
    }

    private func stop(_ task: Task<Void, Never>) async {
        task.cancel()
        let isDone = await withTaskGroup(of: Bool.self) { group in
            // A task group waits for all of its children, so the one that may hang is only watched from here.
            let (done, report) = AsyncStream<Void>.makeStream()
            Task {
                await task.value
                report.finish()
            }
            group.addTask {
                for await _ in done {}
                return !Task.isCancelled
            }
            group.addTask { [drainLimit] in
                try? await Task.sleep(for: drainLimit)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        if !isDone { Logger.current.warning("a service did not finish in time and was left behind") }
    }
}
