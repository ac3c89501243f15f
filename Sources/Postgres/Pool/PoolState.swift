/// What a pool keeps: a connection, or a stand-in of the tests.
protocol PoolMember: AnyObject {
    /// Units under way.
    var load: Int { get }
}

/// Which connections of a pool are lent, and who waits for one. It decides; its owner acts.
///
/// A connection that is *shared* takes statements of many callers, one behind the other. One that is *lent* belongs to a
/// single caller until it comes back. As long as two are open, one stays shared: statements never wait for transactions
/// to end, not even those that a transaction's own body runs beside it.
struct PoolState<Member: PoolMember> {
    enum Use { case shared, exclusive }

    /// What to tell somebody who waits.
    struct Grant {
        let waiter: UInt64
        let member: Member
    }

    private struct Waiter {
        let id: UInt64
        let use: Use
        let deadline: UInt64
    }

    private struct Place {
        let member: Member
        var isLent = false
        /// Units of callers who were told that they may use it, and have not come yet.
        var promised = 0

        var load: Int { member.load + promised }
    }

    /// Units that may be under way on one connection. More than that wait for room, and no longer than for a connection.
    ///
    /// Whoever is behind so many cannot turn back: so even with statements of 100 ms they wait for about three seconds. It is
    /// also enough: with four connections and 5 ms to the server, 25,000 units a second.
    static var loadLimit: Int { 32 }

    private var places: [Place] = []
    private var waiters: [Waiter] = []

    var members: [Member] { places.map(\.member) }
    var sharedMembers: [Member] { places.filter { !$0.isLent }.map(\.member) }
    var isEmpty: Bool { places.isEmpty }
    var count: Int { places.count }
    var lentCount: Int { places.count(where: \.isLent) }
    var waitingCount: Int { waiters.count }

    /// The shared connection with the least under way, if it has room.
    private var leastBusy: Int? { leastBusy { !$0.isLent } }

    /// The one to lend: whoever was told that they may use it would find themselves in somebody else's transaction.
    private var leastBusyUnpromised: Int? { leastBusy { !$0.isLent && $0.promised == 0 } }

    private func leastBusy(where isChoice: (Place) -> Bool) -> Int? {
        var best: Int?
        var bestLoad = Self.loadLimit
        for index in places.indices where isChoice(places[index]) {
            let load = places[index].load
            if load < bestLoad { (best, bestLoad) = (index, load) }
        }
        return best
    }

    /// Somebody asks for a connection. `nil`: they have to wait.
    mutating func request(_ use: Use) -> Member? {
        switch use {
        case .shared: leastBusy.map { places[$0].member }
        case .exclusive: waiters.contains { $0.use == .exclusive } ? nil : lend()
        }
    }

    /// Somebody who had to wait does so, until `deadline`.
    mutating func wait(_ id: UInt64, for use: Use, until deadline: UInt64) {
        waiters.append(Waiter(id: id, use: use, deadline: deadline))
    }

    /// A connection has been opened.
    mutating func opened(_ member: Member) -> [Grant] {
        places.append(Place(member: member))
        return grants()
    }

    /// A connection has ended, lent or not.
    mutating func ended(_ member: Member) {
        places.removeAll { $0.member === member }
    }

    /// A lent connection came back. It may have ended meanwhile.
    mutating func returned(_ member: Member) -> [Grant] {
        if let index = places.firstIndex(where: { $0.member === member }) { places[index].isLent = false }
        return grants()
    }

    /// Some of what was under way has been answered: those who found too much of it may go on.
    mutating func lightened() -> [Grant] { waiters.isEmpty ? [] : grants() }

    /// Somebody who had to wait for a shared connection has come to use it.
    mutating func arrived(at member: Member) {
        if let index = places.firstIndex(where: { $0.member === member }) { places[index].promised -= 1 }
    }

    /// Takes out who has waited for too long.
    mutating func expired(at now: UInt64) -> [UInt64] {
        let late = waiters.filter { $0.deadline <= now }
        if !late.isEmpty { waiters.removeAll { $0.deadline <= now } }
        return late.map(\.id)
    }

    /// Somebody no longer wants to wait. `false`: they do not wait (any more).
    mutating func cancelled(_ id: UInt64) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// Takes out everybody.
    mutating func close() -> (members: [Member], waiters: [UInt64]) {
        defer { (places, waiters) = ([], []) }
        return (members, waiters.map(\.id))
    }

    private mutating func lend() -> Member? {
        let shared = places.count { !$0.isLent }
        guard shared >= 2 || places.count == 1, let index = leastBusyUnpromised else { return nil }
        places[index].isLent = true
        return places[index].member
    }

    private mutating func promise() -> Member? {
        guard let index = leastBusy else { return nil }
        places[index].promised += 1
        return places[index].member
    }

    /// Serves whoever can be served, the longest waiting first. Who wants to share does not wait behind who wants to borrow.
    private mutating func grants() -> [Grant] {
        var grants: [Grant] = []
        var left: [Waiter] = []
        var (canShare, canLend) = (true, true)
        for (index, waiter) in waiters.enumerated() {
            guard canShare || canLend else {
                left += waiters[index...]
                break
            }
            let member: Member? =
                switch waiter.use {
                case .shared: canShare ? promise() : nil
                case .exclusive: canLend ? lend() : nil
                }
            if let member {
                grants.append(Grant(waiter: waiter.id, member: member))
                continue
            }
            left.append(waiter)
            switch waiter.use {
            case .shared: canShare = false
            case .exclusive: canLend = false
            }
        }
        if !grants.isEmpty { waiters = left }
        return grants
    }
}
