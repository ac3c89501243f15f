import Testing

@testable import HTTPServer

private final class Member: LoopMember {
    var place = -1
    var visits = 0

    func checkDeadlines(now: UInt64) { visits += 1 }
    func drain() {}
    func abort() {}
}

@Suite struct ConnectionTableTests {
    @Test(arguments: [0, 1, 3, 4, 5, 100]) func `everybody is visited once in four visits`(_ count: Int) {
        var table = ConnectionTable()
        let members = (0..<count).map { _ in Member() }
        for member in members { table.insert(member) }
        for _ in 0..<ConnectionTable.parts { for member in table.nextPart() { member.checkDeadlines(now: 0) } }
        #expect(members.allSatisfy { $0.visits >= 1 })
        if count.isMultiple(of: ConnectionTable.parts) { #expect(members.allSatisfy { $0.visits == 1 }) }
    }

    @Test func `members come and go, and keep their places`() {
        var table = ConnectionTable()
        let members = (0..<50).map { _ in Member() }
        for member in members { table.insert(member) }
        for member in members where member.place % 3 != 1 { table.remove(member) }
        for (place, member) in table.all.enumerated() { #expect(member.place == place) }
        let gone = members.filter { $0.place == -1 }
        #expect(table.count + gone.count == 50)
        for member in gone { table.remove(member) }
        #expect(table.count + gone.count == 50)
    }
}
