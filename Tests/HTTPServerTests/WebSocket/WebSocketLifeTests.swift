import Testing

@testable import HTTPServer

/// The clock is turned by hand; the defaults are a ping after 30 s, the end after 60 s, 5 s for a goodbye.
@Suite struct WebSocketLifeTests {
    private let timing = WebSocketConfiguration.Timing()

    @Test func `a silent socket is pinged once after thirty seconds and dropped after sixty`() {
        var life = WebSocketLife(now: 0)
        let steps = [29_999, 30_000, 31_000, 59_999, 60_000].map { life.step(now: $0, timing) }
        #expect(steps == [nil, .ping, nil, nil, .drop])
    }

    @Test func `whoever answers lives, at one ping in thirty seconds`() {
        var life = WebSocketLife(now: 0)
        var pings = 0
        for now in stride(from: UInt64(0), through: 600_000, by: 1_000) {
            if life.step(now: now, timing) == .ping {
                pings += 1
                life.heard(now: now)
            }
        }
        #expect(pings == 20)
    }

    @Test func `ten pings a second are answered`() {
        var life = WebSocketLife(now: 0)
        let first = (0..<11).map { _ in life.pinged(now: 1_500, limit: 10) }
        #expect(first == [Bool](repeating: true, count: 10) + [false])
        let second = (0..<10).map { _ in life.pinged(now: 2_000, limit: 10) }
        #expect(!second.contains(false))
    }

    @Test func `our own goodbye is said once and its code is kept`() {
        var life = WebSocketLife(now: 0)
        let said = [life.close(4010, now: 7), life.close(1000, now: 8)]
        #expect(said == [true, false] && life.stage == .closing)
        let mustAnswer = life.peerClosed(1000)
        #expect(!mustAnswer && life.stage == .ending && life.code == 4010)
    }

    @Test func `the peer's goodbye is answered, and ours comes too late`() {
        var life = WebSocketLife(now: 0)
        let mustAnswer = life.peerClosed(nil)
        let said = life.close(1000, now: 8)
        #expect(mustAnswer && !said && life.code == .noStatus && life.stage == .ending)
    }

    @Test func `a broken rule is told once`() {
        var life = WebSocketLife(now: 0)
        let told = [life.fail(.protocolError), life.fail(.invalidPayload)]
        #expect(told == [true, false] && life.code == .protocolError)
    }

    @Test func `at a restart answers have five seconds, and silence is nobody's fault`() {
        var life = WebSocketLife(now: 0)
        life.restart(now: 59_000)
        let steps = [60_000, 63_999, 64_000].map { life.step(now: $0, timing) }
        #expect(steps == [nil, nil, .restart])
        let isSaid = life.close(.serviceRestart, now: 64_000)
        #expect(isSaid && life.step(now: 68_999, timing) == nil && life.step(now: 69_000, timing) == .drop)
    }

    @Test func `a goodbye waits five seconds for its answer`() {
        var life = WebSocketLife(now: 0)
        _ = life.close(1000, now: 10_000)
        let steps = [14_999, 15_000].map { life.step(now: $0, timing) }
        #expect(steps == [nil, .drop])
    }
}
