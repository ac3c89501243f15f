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
    /// Whom somebody asks about, and what becomes of the answer.
    private struct Question {
        enum Asker {
            /// A socket's command.
            case watch(SocketSession, turn: Int, command: JSONFragment?)
            /// What a socket is shown is in doubt.
            case review(PresenceWatches.Watcher)
            /// A request.
            case look(CheckedContinuation<Result<[Presence], PostgresError>, Never>)
        }

        let viewer: Member.ID
        let people: [Member.ID]
        let asker: Asker
    }

    /// Somebody may be seen; and when the database last knew them there.
    private struct Sight {
        let lastSeen: Timestamp?
    }

    /// Between two looks at what happened.
    private static let interval = Duration.milliseconds(100)
    /// Milliseconds between two sweeps: how late it is noticed that a node's word ran out.
    private static let sweeping: UInt64 = 1_000
    /// People of one question to the database.
    private static let slice = 2_000
    /// Questions that may wait. More are refused: the database is too far behind.
    private static let limit = 20_000
    /// How long other nodes wait for those who leave when this one stops: until their clients have connected elsewhere. Source: `reconnect`'s `after_ms`.
    private static let farewell: UInt64 = 8_000

    private let loop: EventLoop
    private let database: Database
    private let delivery: Delivery
    private let relay: PresenceRelay?
    private let notes: LastSeenNotes
    private let typing: TypingDesk
    private let metrics: PresenceMetrics
    /// How many each member has here. (The directory of sockets also knows who waits without one.)
    private var sockets: [Member.ID: Int] = [:]
    private var table: PresenceTable
    private var watches = PresenceWatches()
    private var sessions: [PresenceWatches.Watcher: SocketSession] = [:]
    private var accounts: AccountChanges
    /// Who may have come or gone since sockets were last told.
    private var changed: Set<Member.ID> = []
    private var questions = FIFO<Question>()
    private var isAsking = false
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
        accounts = AccountChanges(memory: lifetime)
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
        accounts.forgetOld(now: now)
        guard let relay, !stale.isEmpty, !isReading else { return }
        isReading = true
        loop.start { [self] in
            await read(stale, from: relay)
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
        ask(Question(viewer: viewer, people: people, asker: .watch(session, turn: turn, command: command)))
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
        try await withCheckedContinuation { continuation in
            loop.preconditionInLoop()
            ask(Question(viewer: viewer, people: people, asker: .look(continuation)))
        }.get()
    }

    /// What decides whom a member sees, or who sees them, may have changed.
    func accountChanged(_ member: Member.ID) {
        accounts.note(member, now: loop.now)
        typing.accountChanged(member)
        review(watches.doubt(member))
    }

    private func review(_ watchers: [PresenceWatches.Watcher]) {
        for watcher in watchers {
            guard let (viewer, people) = watches.doubts(of: watcher), !people.isEmpty else { continue }
            ask(Question(viewer: viewer, people: people, asker: .review(watcher)))
        }
    }

    // MARK: Asking

    private func ask(_ question: Question) {
        guard questions.count < Self.limit else { return fail(question, PostgresError(.poolTimedOut)) }
        questions.append(question)
        guard !isAsking else { return }
        isAsking = true
        loop.start { [self] in
            while !questions.isEmpty { await answer(nextBatch()) }
            isAsking = false
        }
    }

    private func nextBatch() -> [Question] {
        var (batch, count): ([Question], Int) = ([], 0)
        while let question = questions.first, batch.isEmpty || count + question.people.count <= Self.slice {
            questions.popFirst()
            batch.append(question)
            count += question.people.count
        }
        return batch
    }

    private func answer(_ batch: [Question]) async {
        let begun = loop.now
        let found: [[Member.ID: Sight]]
        do throws(PostgresError) {
            found = try await visible(batch)
        } catch {
            for question in batch { fail(question, error) }
            return
        }
        if let relay {
            let wanted = Set(found.flatMap(\.keys)).filter { table.isStale($0, now: loop.now) }
            await read(Array(wanted), from: relay)
        }
        for (question, visible) in zip(batch, found) {
            // What changed while it was asked may not be in the answer.
            let isOutdated = ([question.viewer] + question.people).contains { accounts.contains($0, since: begun) }
            if isOutdated { questions.append(question) } else { finish(question, visible) }
        }
    }

    /// Whom each asker may see. Everybody sees themselves.
    private func visible(_ batch: [Question]) async throws(PostgresError) -> [[Member.ID: Sight]] {
        var (pairs, askers): ([VisiblePresence.Pair], [Int]) = ([], [])
        var found: [[Member.ID: Sight]] = []
        for (index, question) in batch.enumerated() {
            found.append(question.people.contains(question.viewer) ? [question.viewer: Sight(lastSeen: nil)] : [:])
            for member in question.people where member != question.viewer {
                pairs.append(VisiblePresence.Pair(viewer: question.viewer, member: member))
                askers.append(index)
            }
        }
        guard !pairs.isEmpty else { return found }
        for line in try await database.query(VisiblePresence(pairs: pairs)) {
            found[askers[line.index]][pairs[line.index].member] = Sight(lastSeen: line.lastSeen)
        }
        return found
    }

    /// Asks Redis who of these is at other nodes.
    private func read(_ members: [Member.ID], from relay: PresenceRelay) async {
        guard !members.isEmpty else { return }
        let askedAt = loop.now
        table.beginReading(members, now: askedAt)
        guard let readings = await relay.read(members) else { return table.failReading(members) }
        for reading in readings {
            table.learn(reading.member, from: reading.nodes, for: reading.milliseconds, askedAt: askedAt, now: loop.now)
        }
        changed.formUnion(members)
    }

    // MARK: Answers

    private func finish(_ question: Question, _ visible: [Member.ID: Sight]) {
        let people = question.people.map { member in
            visible[member].map { presence(of: member, lastSeen: $0.lastSeen) } ?? .hidden(member)
        }
        switch question.asker {
        case .look(let continuation): continuation.resume(returning: .success(people))
        case .watch(let session, let turn, let command):
            let watcher = ObjectIdentifier(session)
            if let difference = watches.set(question.people, online: online(people, visible), of: watcher, turn: turn) { take(difference) }
            let frame = PresenceEvents.are(people, to: command)
            session.loop.post { session.answer(frame) }
        case .review(let watcher):
            let (told, difference) = watches.settle(question.people, online: online(people, visible), of: watcher)
            take(difference)
            let news = people.filter { told.contains($0.member) }
            guard !news.isEmpty, let session = sessions[watcher] else { return }
            let frame = PresenceEvents.are(news)
            session.loop.post { session.send(frame) }
        }
    }

    private func fail(_ question: Question, _ error: PostgresError) {
        switch question.asker {
        case .look(let continuation): continuation.resume(returning: .failure(error))
        case .watch(let session, _, let command):
            let frame = SocketFrame.error(.unavailable, to: command)
            session.loop.post { session.answer(frame) }
        case .review(let watcher): unsettled.insert(watcher)
        }
    }

    private func online(_ people: [Presence], _ visible: [Member.ID: Sight]) -> [Member.ID: Bool] {
        Dictionary(people.filter { visible[$0.member] != nil }.map { ($0.member, $0.isOnline) }) { $1 }
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
