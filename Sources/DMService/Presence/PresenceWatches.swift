/// Which sockets watch whom, what they may see, and what they were shown.
///
/// Whom somebody may not see is remembered as well: that may change.
struct PresenceWatches {
    /// A socket.
    typealias Watcher = ObjectIdentifier

    /// Members whom one socket more, or one less, is shown.
    struct Difference: Equatable {
        var gained: [Member.ID] = []
        var lost: [Member.ID] = []
    }

    private struct Shown {
        var isVisible: Bool
        var isOnline: Bool
        /// Something changed that may decide whether they are shown: until that is known, nothing is.
        var isDoubted = false
    }

    private struct Watch {
        let viewer: Member.ID
        var turn = 0
        var people: [Member.ID: Shown] = [:]
    }

    private var watches: [Watcher: Watch] = [:]
    /// To whom it matters what becomes of a member: those who watch them, and they themselves.
    private var concerned: [Member.ID: Set<Watcher>] = [:]

    /// A socket has named whom it watches from now on. Until it is known whom of them it may see, it watches those that it watched.
    ///
    /// - Returns: a number by which ``set(_:online:of:turn:)`` knows whether it was overtaken by another command.
    mutating func begin(_ watcher: Watcher, of viewer: Member.ID) -> Int {
        concerned[viewer, default: []].insert(watcher)
        watches[watcher, default: Watch(viewer: viewer)].turn += 1
        return watches[watcher]?.turn ?? 0
    }

    /// Replaces whom a socket watches.
    ///
    /// - Parameter online: those whom it may see, and whether they are there.
    /// - Returns: `nil` if the socket has ended, or named others meanwhile: then nothing changes.
    mutating func set(_ people: [Member.ID], online: [Member.ID: Bool], of watcher: Watcher, turn: Int) -> Difference? {
        guard var watch = watches[watcher], watch.turn == turn else { return nil }
        var difference = Difference()
        for (member, shown) in watch.people {
            if member != watch.viewer { forget(watcher, concernedWith: member) }
            if shown.isVisible { difference.lost.append(member) }
        }
        watch.people = [:]
        for member in people where watch.people[member] == nil {
            concerned[member, default: []].insert(watcher)
            watch.people[member] = Shown(isVisible: online[member] != nil, isOnline: online[member] ?? false)
            if online[member] != nil { difference.gained.append(member) }
        }
        watches[watcher] = watch
        return difference
    }

    /// A socket has ended. Answers whom it was shown.
    mutating func end(_ watcher: Watcher) -> [Member.ID] {
        guard let watch = watches.removeValue(forKey: watcher) else { return [] }
        forget(watcher, concernedWith: watch.viewer)
        for member in watch.people.keys { forget(watcher, concernedWith: member) }
        return watch.people.filter(\.value.isVisible).map(\.key)
    }

    private mutating func forget(_ watcher: Watcher, concernedWith member: Member.ID) {
        concerned[member]?.remove(watcher)
        if concerned[member]?.isEmpty == true { concerned[member] = nil }
    }

    // MARK: Doubts

    /// Something changed that may decide whom a member sees, and who sees them: nobody concerned is shown anything until
    /// ``settle(_:online:of:)``. Answers who that is.
    mutating func doubt(_ member: Member.ID) -> [Watcher] {
        let watchers = concerned[member] ?? []
        for watcher in watchers {
            guard var watch = watches.removeValue(forKey: watcher) else { continue }
            if watch.viewer == member {
                for index in watch.people.values.indices { watch.people.values[index].isDoubted = true }
            } else {
                watch.people[member]?.isDoubted = true
            }
            watches[watcher] = watch
        }
        return Array(watchers)
    }

    /// Who watches, and of whom it is to be found out whether they may be seen; `nil` for a socket that has ended.
    func doubts(of watcher: Watcher) -> (viewer: Member.ID, people: [Member.ID])? {
        guard let watch = watches[watcher] else { return nil }
        return (watch.viewer, watch.people.filter(\.value.isDoubted).map(\.key))
    }

    /// Takes what was found out about some people.
    ///
    /// - Parameter online: those of them who may be seen, and whether they are there.
    /// - Returns: of whom the socket is to be told something else than it was.
    mutating func settle(
        _ people: [Member.ID], online: [Member.ID: Bool], of watcher: Watcher
    ) -> (changed: [Member.ID], difference: Difference) {
        var (changed, difference): ([Member.ID], Difference) = ([], Difference())
        for member in people {
            guard let before = watches[watcher]?.people[member] else { continue }
            let now = Shown(isVisible: online[member] != nil, isOnline: online[member] ?? false)
            watches[watcher]?.people[member] = now
            if before.isVisible, !now.isVisible { difference.lost.append(member) }
            if !before.isVisible, now.isVisible { difference.gained.append(member) }
            if before.isVisible != now.isVisible || before.isOnline != now.isOnline { changed.append(member) }
        }
        return (changed, difference)
    }

    // MARK: Changes

    /// Which sockets are to be told that a member is there or gone. Counts it as told to them.
    mutating func tell(of member: Member.ID, isOnline: Bool) -> [Watcher] {
        (concerned[member] ?? []).filter { watcher in
            guard let shown = watches[watcher]?.people[member], shown.isVisible, !shown.isDoubted, shown.isOnline != isOnline else {
                return false
            }
            watches[watcher]?.people[member]?.isOnline = isOnline
            return true
        }
    }
}
