internal import JSON
internal import Observability
internal import Postgres
internal import Redis
internal import Runtime

/// Presence and typing of this process: what sockets and requests do with them, from any loop.
struct PresenceActions: Sendable {
    let settings: PresenceSettings
    let loop: EventLoop
    let desk: PresenceDesk
    private let typing: TypingDesk

    /// - Parameter redis: tells other processes; `nil` where there are none.
    init(
        group: EventLoopGroup, database: Database, delivery: Delivery, redis: Redis?, settings: PresenceSettings, registry: MetricsRegistry
    ) async {
        self.settings = settings
        let metrics = PresenceMetrics(registry)
        // The last one: the first ones have the queues of messages.
        let loop = group.loops[group.loops.count - 1]
        self.loop = loop
        (desk, typing) = await loop.run { loop in
            let relay = redis.map {
                PresenceRelay(redis: $0, loop: loop, lifetime: UInt64(settings.lifetime.milliseconds), metrics: metrics)
            }
            let typing = TypingDesk(
                loop: loop, database: database, delivery: delivery, relay: relay, settings: settings, metrics: metrics)
            let desk = PresenceDesk(
                loop: loop, database: database, delivery: delivery, relay: relay, typing: typing, settings: settings, metrics: metrics)
            relay?.listen(
                onPresence: { [weak desk] in desk?.hear($0) }, onTyping: { [weak typing] in typing?.hear($0) },
                onGap: { [weak desk] in desk?.heal() })
            return (desk, typing)
        }
    }

    // MARK: Sockets

    /// A socket of the member was admitted.
    func socketOpened(of member: Member.ID) { atDesk { $0.socketOpened(of: member) } }

    /// A socket of the member that was admitted has ended. It watches nobody any more.
    func socketEnded(_ session: SocketSession, of member: Member.ID) {
        atDesk { desk in
            desk.end(session)
            desk.socketEnded(of: member)
        }
    }

    /// Whom a socket watches from now on. It is answered how they are, and told when one comes or goes.
    ///
    /// - Throws: ``PresenceRefusal`` for more people than one may watch.
    func watch(
        _ people: [Member.ID], of session: SocketSession, as viewer: Member.ID, command: JSONFragment?
    ) throws(PresenceRefusal) {
        let people = try checked(people)
        atDesk { $0.watch(people, of: session, as: viewer, command: command) }
    }

    /// A member types, or stopped. Nobody answers unless it cannot be.
    func type(_ wish: TypingDesk.Wish, in conversation: Conversation.ID) {
        let typing = typing
        if loop.isCurrent { typing.take(wish, in: conversation) } else { loop.post { typing.take(wish, in: conversation) } }
    }

    // MARK: Requests

    /// How some people are now, as far as `viewer` may see them: in the order in which they are named, each once.
    ///
    /// - Throws: ``PresenceRefusal``, or ``PostgresError``.
    func look(at people: [Member.ID], as viewer: Member.ID) async throws -> [Presence] {
        let people = try checked(people)
        let desk = desk
        return try await loop.perform { () async throws(PostgresError) in try await desk.look(at: people, as: viewer) }
    }

    /// What decides whom a member sees, and who sees them, may have changed: their privacy, blocks, conversations. The log of changes says so on
    /// each node; who changes it says so at once.
    func accountChanged(_ member: Member.ID) { atDesk { $0.accountChanged(member) } }

    private func checked(_ people: [Member.ID]) throws(PresenceRefusal) -> [Member.ID] {
        guard people.count <= settings.watched else { throw .tooMany(settings.watched) }
        var known: Set<Member.ID> = []
        return people.filter { known.insert($0).inserted }
    }

    private func atDesk(_ body: @escaping @Sendable (PresenceDesk) -> Void) {
        let desk = desk
        if loop.isCurrent { body(desk) } else { loop.post { body(desk) } }
    }
}

extension PresenceActions: Service {
    func run() async throws {
        let desk = desk
        loop.post { desk.begin() }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }  // ends at once when cancelled
        // What follows must not be cut short by the cancellation that began it.
        await Task { [loop] in await loop.perform { await desk.end() } }.value
    }
}
