/// Database connections that the tests of this process may have at the same time: all run side by side, and one server is for all of them.
actor ConnectionBudget {
    static let shared = ConnectionBudget(100)

    private var left: Int
    private var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(_ count: Int) { left = count }

    /// Waits until there are so many. Who came first is served first.
    func take(_ count: Int) async {
        if waiting.isEmpty, count <= left {
            left -= count
        } else {
            await withCheckedContinuation { waiting.append((count, $0)) }
        }
    }

    func giveBack(_ count: Int) {
        left += count
        while let first = waiting.first, first.count <= left {
            left -= first.count
            waiting.removeFirst().continuation.resume()
        }
    }
}
