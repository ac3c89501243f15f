import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private final class Member: PoolMember {
        var load: Int
        init(load: Int = 0) { self.load = load }
    }

    private var state = PoolState<Member>()
    private let idle = Member()
    private let busy = Member(load: 3)

    @Test mutating func `statements go where the least is under way`() {
        _ = state.opened(busy)
        _ = state.opened(idle)
        #expect(state.request(.shared) === idle)
        idle.load = 4
        #expect(state.request(.shared) === busy)
    }

    @Test mutating func `one connection stays for statements as long as two are open`() {
        _ = state.opened(busy)
        _ = state.opened(idle)
        #expect(state.request(.exclusive) === idle)
        #expect(state.request(.exclusive) == nil)
        #expect(state.request(.shared) === busy)
        #expect(state.lentCount == 1)
    }

    @Test mutating func `the only connection is lent too`() {
        _ = state.opened(idle)
        #expect(state.request(.exclusive) === idle)
        #expect(state.request(.shared) == nil)
    }

    @Test mutating func `who waits is served in order, and statements do not wait behind transactions`() {
        #expect(state.request(.exclusive) == nil)
        for (id, use) in [(1, .exclusive), (2, .exclusive), (3, .shared), (4, .shared)] as [(UInt64, PoolState<Member>.Use)] {
            state.wait(id, for: use, until: 100)
        }
        #expect(state.opened(busy).map(\.waiter) == [1])
        #expect(state.opened(idle).map(\.waiter) == [3, 4])
        #expect(state.returned(busy).map(\.waiter) == [2])
        #expect(state.waitingCount == 0)
    }

    @Test mutating func `nobody overtakes those who wait to borrow`() {
        _ = state.opened(busy)
        _ = state.opened(idle)
        _ = state.request(.exclusive)
        state.wait(1, for: .exclusive, until: 100)
        _ = state.opened(Member())
        #expect(state.request(.exclusive) == nil)
    }

    @Test mutating func `who has waited for too long leaves, and so does who was cancelled`() {
        state.wait(1, for: .shared, until: 100)
        state.wait(2, for: .shared, until: 200)
        state.wait(3, for: .shared, until: 300)
        #expect(state.expired(at: 99).isEmpty)
        #expect(state.expired(at: 200) == [1, 2])
        #expect([state.cancelled(3), state.cancelled(3)] == [true, false])
        #expect(state.opened(idle).isEmpty)
    }

    @Test mutating func `a connection that was promised to statements is lent to no transaction before they have come`() {
        let other = Member(load: PoolState<Member>.loadLimit)
        idle.load = PoolState<Member>.loadLimit
        _ = state.opened(idle)
        _ = state.opened(other)
        #expect(state.request(.shared) == nil)
        state.wait(1, for: .shared, until: 1000)
        idle.load = 1
        #expect(state.lightened().map(\.waiter) == [1])
        #expect(state.request(.exclusive) == nil)
        state.arrived(at: idle)
        #expect(state.request(.exclusive) === idle)
    }

    @Test mutating func `a connection that ended while it was lent is not lent again`() {
        _ = state.opened(idle)
        _ = state.request(.exclusive)
        state.ended(idle)
        #expect(state.isEmpty)
        #expect(state.returned(idle).isEmpty)
        #expect(state.request(.shared) == nil)
    }

    @Test mutating func `a connection with too much under way takes no more`() {
        _ = state.opened(busy)
        busy.load = PoolState<Member>.loadLimit
        #expect(state.request(.shared) == nil)
        state.wait(1, for: .shared, until: 100)
        #expect(state.lightened().isEmpty)
        state.wait(2, for: .shared, until: 100)
        busy.load -= 1
        #expect(state.lightened().map(\.waiter) == [1])
        #expect(state.lightened().isEmpty, "the room is promised, though nothing has been sent yet")
        #expect(state.request(.shared) == nil)
        busy.load += 1
        state.arrived(at: busy)
        #expect(state.lightened().isEmpty)
        busy.load -= 1
        #expect(state.lightened().map(\.waiter) == [2])
    }
}
