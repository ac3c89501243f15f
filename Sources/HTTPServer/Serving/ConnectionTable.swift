/// A connection as its loop keeps track of it.
protocol LoopMember: AnyObject {
    /// Its place in the table, kept by the table.
    var place: Int { get set }

    /// Called about once a second: the moment to look at deadlines.
    func checkDeadlines(now: UInt64)

    /// The server stops: no further request, but what is under way may end.
    func drain()

    /// Ends the connection now.
    func abort()
}

/// The open connections of one loop. One timer serves them all: it visits a part of them each time, so that no tick
/// gets long and no connection needs a timer of its own.
struct ConnectionTable {
    private var members: [any LoopMember] = []
    private var cursor = 0

    /// How many visits it takes to see everybody.
    static let parts = 4

    var count: Int { members.count }

    mutating func insert(_ member: any LoopMember) {
        member.place = members.count
        members.append(member)
    }

    mutating func remove(_ member: any LoopMember) {
        let place = member.place
        guard place >= 0, place < members.count, members[place] === member else { return }
        members.swapAt(place, members.count - 1)
        members[place].place = place
        members.removeLast()
        member.place = -1
    }

    /// The members whose turn it is.
    mutating func nextPart() -> ArraySlice<any LoopMember> {
        guard !members.isEmpty else { return [] }
        if cursor >= members.count { cursor = 0 }
        let end = min(members.count, cursor + (members.count + Self.parts - 1) / Self.parts)
        defer { cursor = end }
        return members[cursor..<end]
    }

    var all: [any LoopMember] { members }
}
