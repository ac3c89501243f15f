/// How commands and channels find their server: one server, or the nodes of a cluster. Belongs to its loop.
protocol Route: AnyObject {
    var health: RedisHealth { get }

    /// Sends a command; `receiver` is told what became of it, maybe at once.
    func submit(_ command: RedisCommand, _ receiver: @escaping Receiver)

    /// Where a channel is to be subscribed; `nil` while that is not known.
    func locator(for channel: RedisChannel) -> Locator?

    /// A channel was not where ``locator(for:)`` said, or its server cannot be reached.
    func reconsider()

    /// Who waits gets `.connectionLost`, or `.unavailable` if nothing was sent.
    func close()
}

/// The way to the one server, or the one master.
final class SingleRoute: Route {
    private let locator: Locator
    private let node: RedisNode

    init(to locator: Locator, _ opener: ConnectionOpener, onHealthChange: @escaping () -> Void) {
        self.locator = locator
        node = RedisNode(at: locator, opener, onHealthChange: onHealthChange)
    }

    var health: RedisHealth { node.health }

    func submit(_ command: RedisCommand, _ receiver: @escaping Receiver) { node.submit(command, receiver) }

    func locator(for channel: RedisChannel) -> Locator? { locator }

    func reconsider() {}

    func close() { node.close() }
}
