import Testing

@testable import Redis

@Suite struct LinkStateTests {
    @Test func `commands wait for the first attempt, and are refused once it has failed, until one succeeds`() {
        var state = LinkState()
        #expect(state.admission == .hold)
        #expect(state.failed() == .pause(failures: 1))
        #expect(state.admission == .refuse)
        #expect(state.paused() == .connect)
        #expect(state.admission == .refuse)
        #expect(state.failed() == .pause(failures: 2))
        #expect(state.paused() == .connect)
        #expect(state.opened(at: 1000) == true)
        #expect(state.admission == .send)
    }

    @Test func `a connection that lived is opened again at once, one that hardly did after a pause`() {
        var state = LinkState()
        #expect(state.opened(at: 1000) == true)
        #expect(state.lost(at: 1000 + LinkState.shortLife) == .connect)
        #expect(state.admission == .hold)
        #expect(state.opened(at: 3000) == true)
        #expect(state.lost(at: 3001) == .pause(failures: 1))
        #expect(state.paused() == .connect)
        #expect(state.opened(at: 4000) == true)
        #expect(state.lost(at: 4001) == .pause(failures: 2))
    }

    @Test func `after the end nothing is opened, and what was on its way is not wanted`() {
        var state = LinkState()
        state.close()
        #expect(state.opened(at: 1) == false)
        #expect(state.failed() == .nothing)
        #expect(state.lost(at: 2) == .nothing)
        #expect(state.paused() == .nothing)
        #expect(state.admission == .refuse)
    }
}

@Suite struct SubscriptionStateTests {
    private let a = RedisChannel("a")
    private let b = RedisChannel(sharded: "b")

    private func array(_ parts: RedisReply...) -> RedisReply { .array(parts) }
    private func text(_ text: String) -> RedisReply { .bytes(Array(text.utf8)) }

    @Test func `answers belong to requests in their order, with messages in between`() {
        var state = SubscriptionState()
        state.sent(.subscribe(a))
        state.sent(.subscribe(b))
        state.sent(.ping)
        #expect(state.received(array(text("subscribe"), text("a"), .integer(1))) == .confirmed(a))
        #expect(state.received(array(text("message"), text("a"), text("hello"))) == .deliver(a, Array("hello".utf8)))
        #expect(state.received(array(text("ssubscribe"), text("b"), .integer(1))) == .confirmed(b))
        #expect(state.received(array(text("smessage"), text("b"), text(""))) == .deliver(b, []))
        #expect(state.isWaiting)
        #expect(state.received(array(text("pong"), text(""))) == .nothing)
        #expect(!state.isWaiting)
    }

    @Test func `an error stands for the request that it answers`() {
        var state = SubscriptionState()
        state.sent(.subscribe(a))
        state.sent(.subscribe(b))
        #expect(state.received(array(text("subscribe"), text("a"), .integer(1))) == .confirmed(a))
        #expect(state.received(.error(RedisErrorReply("MOVED 1 h:1"))) == .refused(b, kind: "MOVED"))
    }

    @Test func `a channel that is taken away unasked is told, one that was given up is not`() {
        var state = SubscriptionState()
        let taken = array(text("sunsubscribe"), text("b"), .integer(0))
        #expect(state.received(taken) == .refused(b, kind: "MOVED"))
        state.sent(.unsubscribe(RedisChannel(sharded: "c")))
        #expect(state.received(taken) == .refused(b, kind: "MOVED"))
        #expect(state.received(array(text("sunsubscribe"), text("c"), .integer(0))) == .nothing)
        state.sent(.ping)
        #expect(state.received(.status("PONG")) == .nothing)
    }

    @Test func `what no server says ends the connection`() {
        for reply in [
            RedisReply.integer(1), .null, .status("OK"), .array([]), .error(RedisErrorReply("ERR")), array(text("message"), text("a")),
            array(text("subscribe"), text("a"), .integer(1)), array(text("unsubscribe"), .null, .integer(0)),
            array(.integer(1), .integer(2)),
            array(text("pong"), text("")), array(text("pmessage"), text("a"), text("b")), array(text("sunsubscribe"), .integer(1)),
        ] {
            var state = SubscriptionState()
            #expect(state.received(reply) == .end, "\(reply)")
        }
    }
}
