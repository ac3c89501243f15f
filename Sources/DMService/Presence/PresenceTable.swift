internal import Crypto
internal import JSON
internal import Runtime

/// Who is there: the members with sockets at this node, and what other nodes say of those whom somebody here wants to know about.
///
/// Somebody is there while any node says so: devices and nodes never argue, the latest "is here" counts. Times are milliseconds of
/// a monotonic clock, which the owner brings.
struct PresenceTable {
    struct Times {
        /// How long somebody without sockets still counts as there.
        let grace: UInt64
        /// How long a word of a node counts.
        let lifetime: UInt64
        /// Between two times that somebody who stays is noted in the database.
        let noting: UInt64

        /// Between two times that a node says again that somebody is there, and that what others say is read again. Source: ACCEPTANCE C9.
        var renewal: UInt64 { lifetime / 2 }
    }

    /// What a change of somebody's sockets means.
    enum Step: Equatable {
        case nothing
        /// They were not there, and are.
        case arrived
        /// Their last socket here has ended. They still count as there.
        case left
    }

    /// What has become due.
    struct Due {
        /// Who is gone, and since when.
        var gone: [(member: Member.ID, since: Timestamp)] = []
        /// Of whom other nodes are to hear again that they are here.
        var renewed: [Member.ID] = []
        /// Who has been here for so long that the database is to know.
        var seen: [Member.ID] = []
    }

    private enum Here {
        case absent
        /// `stay` tells this stay from earlier ones.
        case present(stay: UInt64)
        case leaving(stay: UInt64, since: Timestamp, until: UInt64)

        var stay: UInt64? {
            switch self {
            case .absent: nil
            case .present(let stay), .leaving(let stay, _, _): stay
            }
        }
    }

    /// What another node says: until when somebody is there.
    private struct Word {
        var until: UInt64
        /// When the node itself said so; 0 for what was only read.
        var heardAt: UInt64
    }

    private struct Entry {
        var here = Here.absent
        var words: [UniqueID: Word] = [:]
        /// When it was last asked what other nodes say. From then on their words are heard.
        var readAt: UInt64?
        var lastSeen: Timestamp?
        var watchers = 0
    }

    private struct Appointment {
        let member: Member.ID
        let stay: UInt64
        let at: UInt64
    }

    private let times: Times
    private var entries: [Member.ID: Entry] = [:]
    private var stays: UInt64 = 0
    private var sweptAt: UInt64 = 0
    // Each of these is in the order of time, since each has one delay. What an appointment was for may be over by then.
    private var departures = FIFO<Appointment>()
    private var renewals = FIFO<Appointment>()
    private var notings = FIFO<Appointment>()
    /// Members who are here, those within their grace among them.
    private(set) var hereCount = 0

    init(times: Times) { self.times = times }

    // MARK: This node

    /// Takes note of whether a member has sockets here.
    ///
    /// - Parameter moment: the same as `now`, as people tell time.
    mutating func note(_ member: Member.ID, hasSockets: Bool, now: UInt64, at moment: Timestamp) -> Step {
        switch (entries[member]?.here ?? .absent, hasSockets) {
        case (.absent, true):
            stays += 1
            hereCount += 1
            entries[member, default: Entry()].here = .present(stay: stays)
            renewals.append(Appointment(member: member, stay: stays, at: now + times.renewal))
            notings.append(Appointment(member: member, stay: stays, at: now + times.noting))
            return .arrived
        case (.leaving(let stay, _, _), true):
            entries[member]?.here = .present(stay: stay)
            return .nothing
        case (.present(let stay), false):
            let until = now + times.grace
            entries[member]?.here = .leaving(stay: stay, since: moment, until: until)
            departures.append(Appointment(member: member, stay: stay, at: until))
            return .left
        case (.absent, false), (.present, true), (.leaving, false): return .nothing
        }
    }

    /// What is to be done by now.
    mutating func due(now: UInt64) -> Due {
        var due = Due()
        while let departure = departures.first, departure.at <= now {
            departures.popFirst()
            guard case .leaving(let stay, let since, let until)? = entries[departure.member]?.here, stay == departure.stay,
                until == departure.at
            else { continue }
            entries[departure.member]?.here = .absent
            see(departure.member, at: since)
            hereCount -= 1
            due.gone.append((departure.member, since))
            forgetIfIdle(departure.member, now: now)
        }
        due.renewed = Self.recur(&renewals, every: times.renewal, now: now, in: entries)
        due.seen = Self.recur(&notings, every: times.noting, now: now, in: entries)
        return due
    }

    /// Whose appointment has come, and makes the next one with each.
    private static func recur(
        _ appointments: inout FIFO<Appointment>, every interval: UInt64, now: UInt64, in entries: [Member.ID: Entry]
    ) -> [Member.ID] {
        var members: [Member.ID] = []
        while let appointment = appointments.first, appointment.at <= now {
            appointments.popFirst()
            guard let here = entries[appointment.member]?.here, here.stay == appointment.stay else { continue }
            appointments.append(Appointment(member: appointment.member, stay: appointment.stay, at: now + interval))
            if case .present = here { members.append(appointment.member) }
        }
        return members
    }

    /// Everybody who counts as here, and since when those have no sockets who have none.
    var here: [(member: Member.ID, since: Timestamp?)] {
        entries.compactMap { member, entry in
            switch entry.here {
            case .absent: nil
            case .present: (member, nil)
            case .leaving(_, let since, _): (member, since)
            }
        }
    }

    // MARK: Other nodes

    /// Whether what other nodes say of a member is to be asked, because nobody has or long ago.
    func isStale(_ member: Member.ID, now: UInt64) -> Bool {
        guard let readAt = entries[member]?.readAt else { return true }
        return now >= readAt + times.renewal
    }

    /// From here on what other nodes say of these is heard, while it is asked what they said before.
    mutating func beginReading(_ members: [Member.ID], now: UInt64) {
        for member in members { entries[member, default: Entry()].readAt = now }
    }

    /// It could not be asked. What is known stays so, until it is too old.
    mutating func failReading(_ members: [Member.ID]) {
        for member in members { entries[member]?.readAt = nil }
    }

    /// Takes what was read: these nodes say that a member is there, and at least one of them for so many milliseconds more.
    ///
    /// What a node itself said since it was asked is newer, and stands. A node that is not named is not contradicted either: its key may have been
    /// lost, and its word ends by itself.
    mutating func learn(_ member: Member.ID, from nodes: [UniqueID], for milliseconds: UInt64, askedAt: UInt64, now: UInt64) {
        for node in nodes {
            let known = entries[member]?.words[node]
            if let known, known.heardAt >= askedAt { continue }
            let until = max(known?.until ?? 0, now + min(milliseconds, times.lifetime))
            entries[member]?.words[node] = Word(until: until, heardAt: known?.heardAt ?? 0)
        }
    }

    /// Hears what another node says of a member. Answers whether anybody here wanted to know.
    ///
    /// - Parameter milliseconds: for how long they are there; 0: they are gone.
    mutating func hear(_ member: Member.ID, for milliseconds: UInt64, lastSeen: Timestamp?, from node: UniqueID, now: UInt64) -> Bool {
        guard let entry = entries[member], entry.readAt != nil || entry.watchers > 0 else { return false }
        entries[member]?.words[node] = Word(until: now + min(milliseconds, times.lifetime), heardAt: now)
        if let lastSeen { see(member, at: lastSeen) }
        return true
    }

    /// Words may have been missed: everything that is wanted is to be asked again.
    mutating func forgetReadings() {
        for index in entries.values.indices { entries.values[index].readAt = nil }
    }

    /// Looks through those who are watched: of whom a node's word ran out since the last time, and whom to ask about again. Forgets
    /// whom nobody watches.
    mutating func sweep(now: UInt64) -> (expired: [Member.ID], stale: [Member.ID]) {
        var (expired, stale, idle): ([Member.ID], [Member.ID], [Member.ID]) = ([], [], [])
        for (member, entry) in entries {
            if isIdle(entry, now: now) {
                idle.append(member)
                continue
            }
            guard entry.watchers > 0 else { continue }
            if entry.words.values.contains(where: { sweptAt < $0.until && $0.until <= now }) { expired.append(member) }
            if isStale(member, now: now) { stale.append(member) }
        }
        for member in idle { entries[member] = nil }
        for member in expired {
            // A word that was taken back is kept for as long as an older one may still be read.
            let words = entries[member]?.words.filter { $1.until > now || $1.heardAt + times.lifetime > now } ?? [:]
            entries[member]?.words = words
        }
        sweptAt = now
        return (expired, stale)
    }

    // MARK: What it comes to

    func isOnline(_ member: Member.ID, now: UInt64) -> Bool {
        guard let entry = entries[member] else { return false }
        if case .absent = entry.here { return entry.words.values.contains { $0.until > now } }
        return true
    }

    /// When somebody was last there, as far as it was heard of.
    func lastSeen(_ member: Member.ID) -> Timestamp? { entries[member]?.lastSeen }

    mutating func watch(_ member: Member.ID) { entries[member, default: Entry()].watchers += 1 }

    mutating func unwatch(_ member: Member.ID, now: UInt64) {
        entries[member]?.watchers -= 1
        forgetIfIdle(member, now: now)
    }

    private mutating func see(_ member: Member.ID, at moment: Timestamp) {
        let known = entries[member]?.lastSeen ?? moment
        entries[member]?.lastSeen = max(known, moment)
    }

    /// Whether nobody is here, watches, or asked lately.
    private func isIdle(_ entry: Entry, now: UInt64) -> Bool {
        guard case .absent = entry.here, entry.watchers == 0 else { return false }
        return entry.readAt.map { now >= $0 + times.renewal } ?? true
    }

    private mutating func forgetIfIdle(_ member: Member.ID, now: UInt64) {
        if let entry = entries[member], isIdle(entry, now: now) { entries[member] = nil }
    }
}
