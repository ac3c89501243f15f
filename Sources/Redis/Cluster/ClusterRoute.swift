internal import Observability
internal import Runtime

/// The way to the nodes of a cluster: each has a connection of its own, and the slot of a key says whose it is.
///
/// The map of slots is asked for at the start, after every redirection, and as long as a master cannot be reached.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class ClusterRoute: Route, @unchecked Sendable {
    /// Redirections that one command follows, and how long it waits when told to come later.
    private static let hopLimit = 5
    private static let pause = Duration.milliseconds(50)
    /// How often the map is asked for while something is wrong with it.
    private static let interval = Duration.milliseconds(250)

    private let seeds: [RedisEndpoint]
    private let opener: ConnectionOpener
    private let onHealthChange: () -> Void
    private var map = SlotMap()
    private var nodes: [RedisEndpoint: RedisNode] = [:]
    /// Commands that wait for the first map.
    private var held: [HeldCommand] = []
    private var isRefreshing = false
    private var isStale = true
    private var hasFailed = false
    private var isClosed = false
    private var beat: LoopTimer?

    init(_ seeds: [RedisEndpoint], _ opener: ConnectionOpener, onHealthChange: @escaping () -> Void) {
        self.seeds = seeds
        self.opener = opener
        self.onHealthChange = onHealthChange
        beat = opener.loop.schedule(every: Self.interval) { [weak self] in self?.lookAfterMap() }
        refresh()
    }

    var health: RedisHealth {
        let health = RedisHealth.of(map.masters.map { nodes[$0]?.health ?? .unavailable })
        return health == .ok && !map.isComplete ? .degraded : health
    }

    func submit(_ command: RedisCommand, _ receiver: @escaping Receiver) {
        guard !map.masters.isEmpty else {
            guard !hasFailed, !isClosed, held.count < opener.configuration.queueLimit else {
                return receiver(.failure(RedisError(.unavailable, explanation: "no node of the cluster can be reached")))
            }
            if held.isEmpty { opener.loop.schedule(after: opener.configuration.commandDeadline) { [weak self] in self?.refuseHeld() } }
            return held.append(HeldCommand(command: command, receiver: receiver))
        }
        let slot = command.slot
        guard let master = slot.map({ map.master(of: $0) }) ?? map.masters.randomElement() else {
            isStale = true
            return receiver(.failure(RedisError(.unavailable, explanation: "a slot of the cluster has no master")))
        }
        dispatch(command, to: master, hops: 0, receiver)
    }

    func locator(for channel: RedisChannel) -> Locator? {
        let slot = HashSlot(of: Array(channel.name.utf8))
        if channel.isSharded { return map.master(of: slot).map { .fixed($0) } }
        // What is published to a channel of all reaches every node: any that lives will do.
        let living = map.masters.filter { nodes[$0]?.health == .ok }
        return living.isEmpty ? nil : .fixed(living[slot.number % living.count])
    }

    func reconsider() { isStale = true }

    func close() {
        isClosed = true
        beat?.cancel()
        for node in nodes.values { node.close() }
        nodes = [:]
        releaseHeld()
    }

    // MARK: Commands

    private func dispatch(
        _ command: RedisCommand, to endpoint: RedisEndpoint, asking: Bool = false, hops: Int, _ receiver: @escaping Receiver
    ) {
        node(at: endpoint).submit(command, asking: asking) { [weak self] outcome in
            guard let self else { return receiver(outcome) }
            switch outcome {
            case .failure(let error):
                if error.code == .unavailable { isStale = true }
                receiver(outcome)
            case .success(.error(let error)):
                guard let redirection = Redirection(error, from: endpoint), hops < Self.hopLimit, !isClosed else {
                    return receiver(outcome)
                }
                follow(redirection, command, from: endpoint, hops: hops + 1, receiver)
            case .success: receiver(outcome)
            }
        }
    }

    private func follow(
        _ redirection: Redirection, _ command: RedisCommand, from endpoint: RedisEndpoint, hops: Int, _ receiver: @escaping Receiver
    ) {
        switch redirection {
        case .moved(let slot, let target):
            map.move(slot, to: target)
            isStale = true
            dispatch(command, to: target, hops: hops, receiver)
        case .ask(let target): dispatch(command, to: target, asking: true, hops: hops, receiver)
        case .later:
            isStale = true
            opener.loop.schedule(after: Self.pause) { [self] in
                dispatch(command, to: command.slot.flatMap { map.master(of: $0) } ?? endpoint, hops: hops, receiver)
            }
        }
    }

    private func node(at endpoint: RedisEndpoint) -> RedisNode {
        if let known = nodes[endpoint] { return known }
        let node = RedisNode(at: .fixed(endpoint), opener) { [weak self] in self?.onHealthChange() }
        if isClosed { node.close() } else { nodes[endpoint] = node }
        return node
    }

    // MARK: The map

    private func lookAfterMap() {
        let isIncomplete = !map.isComplete || map.masters.contains { nodes[$0]?.health != .ok }
        if isStale || isIncomplete { refresh() }
    }

    private func refresh() {
        guard !isRefreshing, !isClosed else { return }
        isRefreshing = true
        isStale = false
        opener.loop.start {
            await self.askForMap()
            self.isRefreshing = false
            self.releaseHeld()
            self.onHealthChange()
        }
    }

    /// Asks one node after the other until one answers: those that are known first, then those that the operator named.
    private func askForMap() async {
        for endpoint in map.masters.filter({ nodes[$0]?.health == .ok }).shuffled() + seeds {
            let node = node(at: endpoint)
            let outcome = await withUnsafeContinuation { continuation in
                node.submit(RedisCommand("CLUSTER", "SLOTS")) { continuation.resume(returning: $0) }
            }
            guard !isClosed else { return }
            if case .success(let reply) = outcome, let new = try? SlotMap(reply, from: endpoint) { return take(new) }
        }
        if !hasFailed { opener.telemetry.logger.info("no node of the cluster tells its slots", [.loop: "\(opener.loop.index)"]) }
        hasFailed = true
    }

    private func take(_ new: SlotMap) {
        map = new
        hasFailed = false
        for master in new.masters { _ = node(at: master) }
        for (endpoint, node) in nodes where !new.masters.contains(endpoint) {
            nodes[endpoint] = nil
            node.close()
        }
    }

    /// The first map takes too long: nobody waits for it any more.
    private func refuseHeld() {
        guard map.masters.isEmpty else { return }
        hasFailed = true
        releaseHeld()
    }

    private func releaseHeld() {
        let waiting = held
        held = []
        for item in waiting { submit(item.command, item.receiver) }
    }
}
