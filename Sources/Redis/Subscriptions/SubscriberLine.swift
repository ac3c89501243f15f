internal import Runtime

/// A connection on which messages arrive, and the channels that are to be subscribed on it.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class SubscriberLine: @unchecked Sendable {
    private let link: Link
    private let opener: ConnectionOpener
    private var connection: RedisConnection?
    private var state = SubscriptionState()
    /// When the server last spoke, or began to owe an answer, in milliseconds of ``EventLoop/now``.
    private var heardAt: UInt64 = 0
    private(set) var channels: Set<RedisChannel> = []
    /// What the server said.
    private let onAction: (SubscriptionState.Action) -> Void

    init(to locator: Locator, _ opener: ConnectionOpener, onAction: @escaping (SubscriptionState.Action) -> Void) {
        self.opener = opener
        self.onAction = onAction
        link = Link(to: locator, opener)
        link.onOpen = { [weak self] in self?.opened($0) }
        link.start()
    }

    var isOpen: Bool { connection != nil }

    func subscribe(_ channel: RedisChannel) {
        guard channels.insert(channel).inserted, let connection else { return }
        connection.send(channel.subscribing)
        state.sent(.subscribe(channel))
    }

    func unsubscribe(_ channel: RedisChannel) {
        guard channels.remove(channel) != nil, let connection else { return }
        connection.send(channel.unsubscribing)
        state.sent(.unsubscribe(channel))
    }

    /// The server does not have the channel: it will be asked for elsewhere, or again.
    func forget(_ channel: RedisChannel) { channels.remove(channel) }

    func close() {
        link.close()
        connection?.close()
        connection = nil
    }

    /// Asks for a sign of life, and gives up a server that owed one for too long.
    func askForLife() {
        guard let connection else { return }
        if !state.isWaiting {
            connection.send(RedisCommand("PING"))
            state.sent(.ping)
            heardAt = opener.loop.now
        } else if opener.loop.now - heardAt > opener.configuration.silenceLimit.milliseconds {
            connection.end(RedisError(.connectionLost, explanation: "the server has been silent for too long"))
        }
    }

    private func opened(_ pipeline: CommandPipeline) {
        let connection = pipeline.release()
        self.connection = connection
        state = SubscriptionState()
        heardAt = opener.loop.now
        connection.onReply = { [weak self] in self?.received($0) }
        connection.onEnd = { [weak self] in self?.lost($0) }
        for channel in channels {
            connection.send(channel.subscribing)
            state.sent(.subscribe(channel))
        }
    }

    private func received(_ reply: RedisReply) {
        heardAt = opener.loop.now
        switch state.received(reply) {
        case .end: connection?.end(RedisError(.connectionLost, explanation: "a reply that no subscriber expects"))
        case .nothing: break
        case let action: onAction(action)
        }
    }

    private func lost(_ error: RedisError) {
        connection = nil
        link.lost(error)
    }
}
