internal import Observability
public import Runtime

/// Listens to channels. Belongs to the loop on which ``Redis/subscriber(onGap:)`` made it: it is called there, and calls there.
///
/// Channels stay subscribed through lost connections, failovers and moved slots, until ``unsubscribe(_:)``. Redis keeps no
/// message for who is not connected: whatever must not be missed is read from elsewhere when `onGap` tells.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
public final class RedisSubscriber: @unchecked Sendable {
    /// How often servers are asked for a sign of life, and channels without one are looked after.
    private static let heartbeat = Duration.milliseconds(500)

    private let route: any Route
    private let opener: ConnectionOpener
    private let onGap: ([RedisChannel]) -> Void
    private var handlers: [RedisChannel: ([UInt8]) -> Void] = [:]
    private var lines: [Locator: SubscriberLine] = [:]
    private var places: [RedisChannel: Locator] = [:]
    /// Channels that were confirmed in this tick.
    private var confirmed: [RedisChannel] = []
    private var hasToldRefusal = false
    private var beat: LoopTimer?

    init(_ route: any Route, _ opener: ConnectionOpener, onGap: @escaping ([RedisChannel]) -> Void) {
        self.route = route
        self.opener = opener
        self.onGap = onGap
        beat = opener.loop.schedule(every: Self.heartbeat) { [weak self] in self?.lookAfterChannels() }
    }

    var isClosed: Bool { beat == nil }

    /// Calls `onMessage` with the payload of every message on `channel`, as soon as Redis has confirmed. Whether or not Redis can
    /// be reached now; subscribing again replaces the handler.
    public func subscribe(_ channel: RedisChannel, onMessage: @escaping ([UInt8]) -> Void) {
        opener.loop.preconditionInLoop()
        guard !isClosed else { return }
        handlers[channel] = onMessage
        if places[channel] == nil { place(channel) }
    }

    public func unsubscribe(_ channel: RedisChannel) {
        opener.loop.preconditionInLoop()
        handlers[channel] = nil
        guard let place = places.removeValue(forKey: channel) else { return }
        lines[place]?.unsubscribe(channel)
    }

    /// Ends its connections. No handler is called any more.
    public func close() {
        opener.loop.preconditionInLoop()
        beat?.cancel()
        beat = nil
        for line in lines.values { line.close() }
        (handlers, lines, places, confirmed) = ([:], [:], [:], [])
    }

    // MARK: Places

    private func place(_ channel: RedisChannel) {
        guard let place = route.locator(for: channel), place != places[channel] else { return }
        if let old = places[channel] { lines[old]?.unsubscribe(channel) }
        places[channel] = place
        line(to: place).subscribe(channel)
    }

    private func line(to place: Locator) -> SubscriberLine {
        if let known = lines[place] { return known }
        let line = SubscriberLine(to: place, opener) { [weak self] in self?.act($0) }
        lines[place] = line
        return line
    }

    private func lookAfterChannels() {
        for (place, line) in lines {
            line.askForLife()
            if line.channels.isEmpty {
                line.close()
                lines[place] = nil
            }
        }
        let isWanting = { (channel: RedisChannel) in self.places[channel].flatMap { self.lines[$0] }?.isOpen != true }
        let wanting = handlers.keys.filter(isWanting)
        if !wanting.isEmpty { route.reconsider() }
        for channel in wanting { place(channel) }
    }

    // MARK: What servers say

    private func act(_ action: SubscriptionState.Action) {
        switch action {
        case .deliver(let channel, let payload): handlers[channel]?(payload)
        case .confirmed(let channel):
            hasToldRefusal = false
            if confirmed.isEmpty { opener.loop.atEndOfTick(self) }
            confirmed.append(channel)
        case .refused(let channel, let kind):
            if kind != "MOVED", !hasToldRefusal {
                hasToldRefusal = true
                opener.telemetry.logger.info("Redis refuses a channel", [.reason: kind, .loop: "\(opener.loop.index)"])
            }
            if let place = places.removeValue(forKey: channel) { lines[place]?.forget(channel) }
            route.reconsider()
        case .nothing, .end: break
        }
    }
}

extension RedisSubscriber: TickParticipant {
    public func tickEnded() {
        let channels = confirmed.filter { handlers[$0] != nil }
        confirmed = []
        if !channels.isEmpty { onGap(channels) }
    }
}
