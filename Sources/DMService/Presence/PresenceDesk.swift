internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// Who is there, and who is told so. Belongs to its loop, one for the whole process.
///
/// What happens is gathered and told ten times a second, so that a crowd that comes or goes at once is one batch for each socket, for Redis and for the
/// database. Who may see whom is what the database says, asked for many at once; from then on a change of an account puts what is shown
/// of it, and to it, in doubt until the database was asked again.
///
/// `@unchecked Sendable`: confined to its loop.
final class PresenceDesk: @unchecked Sendable {
    /// Between two looks at what happened.
    private static let interval = Duration.milliseconds(100)
    /// Milliseconds between two sweeps: how late it is noticed that a node's word ran out.
    private static let sweeping: UInt64 = 1_000
    /// How long other nodes wait for those who leave when this one stops: until their clients have connected elsewhere. Source: `reconnect`'s `after_ms`.
    private static let farewell: UInt64 = 8_000

    private let loop: EventLoop
    private let database: Database
    private let delivery: Delivery
    private let relay: PresenceRelay?
    private let visibility: VisibilityQueue
    private let notes: LastSeenNotes
    private let typing: TypingDesk
    private let metrics: PresenceMetrics
    /// How many each member has here. (The directory of sockets also knows who waits without one.)
    private var sockets: [Member.ID: Int] = [:]
    private var table: PresenceTable
    private var watches = PresenceWatches()
    private var sessions: [PresenceWatches.Watcher: SocketSession] = [:]
    /// Who may have come or gone since sockets were last told.
    private var changed: Set<Member.ID> = []
    /// Sockets whose doubts could not be settled: the database was away.
    private var unsettled: Set<PresenceWatches.Watcher> = []
    private var isReading = false
    private var nextSweep: UInt64 = 0
    private var timer: LoopTimer?

    init(
        loop: EventLoop, database: Database, delivery: Delivery, relay: PresenceRelay?, typing: TypingDesk, settings: PresenceSettings,
        metrics: PresenceMetrics
    ) {
        self.loop = loop
        self.database = database
        self.delivery = delivery
        self.relay = relay
        self.typing = typing
        self.metrics = metrics
        notes = LastSeenNotes(loop: loop, database: database, metrics: metrics)
        let lifetime = UInt64(settings.lifetime.milliseconds)
        table = PresenceTable(
            times: PresenceTable.Times(
                grace: UInt64(settings.grace.milliseconds), lifetime: lifetime, noting: UInt64(settings.noting.milliseconds)))
        visibility = VisibilityQueue(loop: loop, database: database, memory: lifetime)
        visibility.prepare = { [weak self] members in await self?.readStale(members) }
    }

    // MARK: Who is here

    /// A socket of the member was admitted.
    func socketOpened(of member: Member.ID) {
        sockets[member, default: 0] += 1
        note(member)
    }

    /// A socket of the member has ended, that was admitted.
    func socketEnded(of member: Member.ID) {
        let left = (sockets[member] ?? 1) - 1
        sockets[member] = left == 0 ? nil : left
        note(member)
    }

    private func note(_ member: Member.ID) {
        switch table.note(member, hasSockets: sockets[member] != nil, now: loop.now, at: .now) {
        case .arrived:
            changed.insert(member)
            relay?.tellHere(member)
        case .left: typing.end(of: member)
        case .nothing: break
        }
    }

    // MARK: Time

    func begin() {
        timer = loop.schedule(every: Self.interval) { [weak self] in
            guard let self else { return }
            tick(now: loop.now)
        }
    }

    func tick(now: UInt64) {
        let due = table.due(now: now)
        for (member, since) in due.gone {
            changed.insert(member)
            notes.add(member, at: since)
            relay?.tellGone(member, since: since)
        }
        for member in due.renewed { relay?.renew(member) }
        for member in due.seen { notes.add(member, at: .now) }
        if now >= nextSweep {
            nextSweep = now + Self.sweeping
            sweep(now: now)
        }
        tellChanges(now: now)
        relay?.send()
        notes.write()
        typing.tick(now: now)
        metrics.here.set(Double(table.hereCount))
    }

    private func sweep(now: UInt64) {
        let (expired, stale) = table.sweep(now: now)
        // A node is gone without a word: what the database noted of its members tells more than that.
        for member in expired { review(watches.doubt(member)) }
        if !unsettled.isEmpty {
            review(Array(unsettled))
            unsettled = []
        }
        visibility.forgetOld(now: now)
        guard !stale.isEmpty, !isReading else { return }
        isReading = true
        loop.start { [self] in
            await readStale(stale)
            isReading = false
        }
    }

    /// Leaves nothing behind: other nodes are told, and the database, that nobody is here any more.
    func end() async {
        timer?.cancel()
        for (member, since) in table.here {
            let moment = since ?? .now
            notes.add(member, at: moment)
            relay?.tellGone(member, since: moment, waiting: Self.farewell)
        }
        await relay?.finish()
        await notes.finish()
    }

    // MARK: Who asks

    /// A socket names whom it watches from now on.
    func watch(_ people: [Member.ID], of session: SocketSession, as viewer: Member.ID, command: JSONFragment?) {
        let watcher = ObjectIdentifier(session)
        sessions[watcher] = session
        let turn = watches.begin(watcher, of: viewer)
        visibility.ask(viewer, about: people) { [self] result in
            let frame: [UInt8]
            switch result {
            case .success(let visible):
                let presences = presences(of: people, visible)
                if let difference = watches.set(people, online: online(presences, visible), of: watcher, turn: turn) { take(difference) }
                frame = PresenceEvents.are(presences, to: command)
            case .failure: frame = SocketFrame.error(.unavailable, to: command)
            }
            session.loop.post { session.answer(frame) }
        }
    }

    /// A socket has ended.
    func end(_ session: SocketSession) {
        let watcher = ObjectIdentifier(session)
        guard sessions.removeValue(forKey: watcher) != nil else { return }
        unsettled.remove(watcher)
        for member in watches.end(watcher) { table.unwatch(member, now: loop.now) }
    }

    /// How some people are now, as far as `viewer` may see them.
    func look(at people: [Member.ID], as viewer: Member.ID) async throws(PostgresError) -> [Presence] {
        let result = await withCheckedContinuation { continuation in
            loop.preconditionInLoop()
            visibility.ask(viewer, about: people) { continuation.resume(returning: $0) }
        }
        return presences(of: people, try result.get())
    }

    /// What decides whom a member sees, or who sees them, may have changed.
    func accountChanged(_ member: Member.ID) {
        visibility.accountChanged(member)
        typing.accountChanged(member)
        review(watches.doubt(member))
    }

    private func review(_ watchers: [PresenceWatches.Watcher]) {
        for watcher in watchers {
            guard let (viewer, people) = watches.doubts(of: watcher), !people.isEmpty else { continue }
            visibility.ask(viewer, about: people) { [self] result in
                switch result {
                case .success(let visible): settle(people, visible, of: watcher)
                case .failure: unsettled.insert(watcher)
                }
            }
        }
    }

    private func settle(_ people: [Member.ID], _ visible: VisibilityQueue.Visible, of watcher: PresenceWatches.Watcher) {
        let presences = presences(of: people, visible)
        let (told, difference) = watches.settle(people, online: online(presences, visible), of: watcher)
        take(difference)
        let news = presences.filter { told.contains($0.member) }
        guard !news.isEmpty, let session = sessions[watcher] else { return }
        let frame = PresenceEvents.are(news)
        session.loop.post { session.send(frame) }
    }

    /// Asks Redis who of these is at other nodes, where nobody has asked lately.
    private func readStale(_ members: [Member.ID]) async {
        guard let relay else { return }
        let askedAt = loop.now
        let members = members.filter { table.isStale($0, now: askedAt) }
        guard !members.isEmpty else { return }
        table.beginReading(members, now: askedAt)
        guard let readings = await relay.read(members) else { return table.failReading(members) }
        for reading in readings {
            table.learn(reading.member, from: reading.nodes, for: reading.milliseconds, askedAt: askedAt, now: loop.now)
        }
        changed.formUnion(members)
    }

    // MARK: Answers

    private func presences(of people: [Member.ID], _ visible: VisibilityQueue.Visible) -> [Presence] {
        people.map { member in visible[member].map { presence(of: member, lastSeen: $0.lastSeen) } ?? .hidden(member) }
    }

    private func online(_ presences: [Presence], _ visible: VisibilityQueue.Visible) -> [Member.ID: Bool] {
        Dictionary(presences.filter { visible[$0.member] != nil }.map { ($0.member, $0.isOnline) }) { $1 }
    }

    private func take(_ difference: PresenceWatches.Difference) {
        for member in difference.gained { table.watch(member) }
        for member in difference.lost { table.unwatch(member, now: loop.now) }
    }

    /// - Parameter lastSeen: what the database says of it.
    private func presence(of member: Member.ID, lastSeen: Timestamp? = nil) -> Presence {
        guard !table.isOnline(member, now: loop.now) else { return Presence(member: member, isOnline: true, lastSeen: nil) }
        let known = [lastSeen, table.lastSeen(member), notes.lastSeen(member)].compactMap(\.self)
        return Presence(member: member, isOnline: false, lastSeen: known.max())
    }

    // MARK: Telling

    /// Tells sockets what is otherwise than they were told, one frame for each.
    private func tellChanges(now: UInt64) {
        var news: [PresenceWatches.Watcher: [Presence]] = [:]
        for member in changed {
            let watchers = watches.tell(of: member, isOnline: table.isOnline(member, now: now))
            guard !watchers.isEmpty else { continue }
            let presence = presence(of: member)
            for watcher in watchers { news[watcher, default: []].append(presence) }
        }
        changed.removeAll(keepingCapacity: true)
        guard !news.isEmpty else { return }
        // Most sockets of a round are told the same: that one member came or went.
        var frames: [Member.ID: [UInt8]] = [:]
        var letters: [[(SocketSession, [UInt8])]] = Array(repeating: [], count: delivery.loops.count)
        for (watcher, people) in news {
            guard let session = sessions[watcher] else { continue }
            metrics.changes.increment(by: UInt64(people.count))
            let frame: [UInt8]
            if people.count == 1, let known = frames[people[0].member] {
                frame = known
            } else {
                frame = PresenceEvents.are(people)
                if people.count == 1 { frames[people[0].member] = frame }
            }
            letters[session.loop.index].append((session, frame))
        }
        for (loop, letter) in zip(delivery.loops, letters) where !letter.isEmpty {
            loop.post { for (session, frame) in letter { session.send(frame) } }
        }
    }

    // MARK: Other nodes

    func hear(_ letter: PresenceLetter) {
        for word in letter.words {
            let isWanted = table.hear(
                word.member, for: UInt64(word.milliseconds), lastSeen: word.lastSeen, from: letter.node, now: loop.now)
            if isWanted { changed.insert(word.member) }
        }
    }

    /// Letters may have been missed, in both directions: says again who is here, and asks again about those who are watched.
    func heal() {
        for (member, _) in table.here { relay?.tellHere(member) }
        table.forgetReadings()
        nextSweep = 0
    }
}
