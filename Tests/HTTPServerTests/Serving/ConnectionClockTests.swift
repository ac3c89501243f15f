import Testing

@testable import HTTPServer

/// The clock is turned by hand; the defaults are head 10 s, resting 75 s, body 10 s and 1 KiB/s, stalled answer 30 s.
@Suite struct ConnectionClockTests {
    private let timing = HTTPServerConfiguration.Timing()

    private func expiry(_ clock: inout ConnectionClock, at now: UInt64, sent: Int = 0, unsent: Int = 0) -> ConnectionClock.Expiry? {
        clock.expiry(now: now, sent: sent, unsent: unsent, timing)
    }

    @Test func `a connection that says nothing is closed without a word`() {
        var clock = ConnectionClock(now: 1_000)
        #expect(expiry(&clock, at: 10_999) == nil)
        #expect(expiry(&clock, at: 11_000) == .close)
    }

    @Test func `the head has ten seconds in total, however often a byte comes`() {
        var clock = ConnectionClock(now: 0)
        for now in stride(from: UInt64(500), to: 10_000, by: 500) {
            clock.headBegan(now: now)
            #expect(expiry(&clock, at: now) == nil)
        }
        #expect(expiry(&clock, at: 10_000) == .refuse)
    }

    @Test func `between requests a connection may rest, and then the head has its ten seconds`() {
        var clock = ConnectionClock(now: 0)
        clock.headBegan(now: 0)
        clock.requestEnded()
        #expect(expiry(&clock, at: 500_000) == nil)
        clock.answered(now: 500_000)
        #expect(expiry(&clock, at: 574_999) == nil)
        #expect(expiry(&clock, at: 575_000) == .close)
        clock.headBegan(now: 574_000)
        #expect(expiry(&clock, at: 583_999) == nil)
        #expect(expiry(&clock, at: 584_000) == .refuse)
    }

    @Test func `a body earns its time byte by byte`() {
        var clock = ConnectionClock(now: 0)
        clock.bodyBegan(now: 0)
        #expect(expiry(&clock, at: 9_999) == nil)
        #expect(expiry(&clock, at: 10_000) == .refuse)
        clock.bodyArrived(10_240)
        #expect(expiry(&clock, at: 19_999) == nil)
        #expect(expiry(&clock, at: 20_000) == .refuse)
    }

    @Test func `a reader that takes nothing for thirty seconds is dropped, and a slow one is not`() {
        var clock = ConnectionClock(now: 0)
        clock.requestEnded()
        #expect(expiry(&clock, at: 1_000, sent: 10, unsent: 90) == nil)
        for step in 1...100 { #expect(expiry(&clock, at: 1_000 + UInt64(step) * 29_000, sent: 10 + step, unsent: 90) == nil) }
        let last: UInt64 = 1_000 + 100 * 29_000
        #expect(expiry(&clock, at: last + 29_999, sent: 110, unsent: 90) == nil)
        #expect(expiry(&clock, at: last + 30_000, sent: 110, unsent: 90) == .abort)
    }

    @Test func `the last answer has time to leave`() {
        var clock = ConnectionClock(now: 0)
        clock.finishing()
        #expect(expiry(&clock, at: 29_000, sent: 0, unsent: 5) == nil)
        #expect(expiry(&clock, at: 30_000, sent: 0, unsent: 5) == .abort)
    }
}
