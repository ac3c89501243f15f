internal import Runtime

/// Sends those home who wait for changes, as soon as the process is asked to stop: what is under way is waited for then.
struct LongPolls: Service {
    let delivery: Delivery

    func run() async throws {
        defer { delivery.endListening() }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
