/// Holds one visitor until it is opened, and tells when the visitor has come.
struct Gate: Sendable {
    private let arrivals = AsyncStream<Void>.makeStream()
    private let openings = AsyncStream<Void>.makeStream()

    func passed() async {
        arrivals.continuation.finish()
        for await _ in openings.stream {}
    }

    func reached() async {
        for await _ in arrivals.stream {}
    }

    func open() { openings.continuation.finish() }
}
