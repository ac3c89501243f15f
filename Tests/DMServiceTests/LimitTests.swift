import Crypto
import HTTPServer
import Networking
import Synchronization
import Testing

@testable import DMService

@Suite struct TokenBucketTests {
    private let size = TokenBucket.Size(burst: 3, perSecond: 2)

    @Test func `a stock may be spent at once, then permits come back at the rate`() {
        var bucket = TokenBucket(size, now: 1000)
        for _ in 0..<3 {
            let wait = bucket.take(size, now: 1000)
            #expect(wait == nil)
        }
        let atOnce = bucket.take(size, now: 1000)
        #expect(atOnce == .milliseconds(500))
        let later = bucket.take(size, now: 1400)
        #expect(later == .milliseconds(100))
        let afterRefill = bucket.take(size, now: 1500)
        #expect(afterRefill == nil)
    }

    @Test func `a clock that steps back gives nothing and takes nothing`() {
        var bucket = TokenBucket(size, now: 5000)
        for _ in 0..<3 { _ = bucket.take(size, now: 5000) }
        let beforeItBegan = bucket.take(size, now: 0)
        #expect(beforeItBegan == .milliseconds(500))
        let afterRefill = bucket.take(size, now: 5500)
        #expect(afterRefill == nil)
    }

    @Test func `a full bucket can be forgotten`() {
        var bucket = TokenBucket(size, now: 0)
        _ = bucket.take(size, now: 0)
        let isFullSoon = bucket.isFull(size, now: 100)
        #expect(!isFullSoon)
        let isFullLater = bucket.isFull(size, now: 500)
        #expect(isFullLater)
    }
}

@Suite struct SocketPaceTests {
    @Test func `frames over the pace are told to wait, and who does not is let go`() {
        // acceptance: C-004
        var pace = SocketPace(TokenBucket.Size(burst: 2, perSecond: 1))
        let first = pace.take(now: 0)
        #expect(first == .taken)
        let second = pace.take(now: 0)
        #expect(second == .taken)
        for _ in 0..<100 {
            let verdict = pace.take(now: 0)
            #expect(verdict == .wait(.seconds(1)))
        }
        let last = pace.take(now: 0)
        #expect(last == .hopeless)
    }

    @Test func `waiting makes up for it`() {
        var pace = SocketPace(TokenBucket.Size(burst: 1, perSecond: 1))
        for minute in 0..<300 {
            let first = pace.take(now: UInt64(minute) * 60_000)
            #expect(first == .taken)
            let again = pace.take(now: UInt64(minute) * 60_000)
            #expect(again != .hopeless)
        }
    }

    @Test func `without a limit every frame is taken`() {
        var pace = SocketPace(nil)
        let verdicts = (0..<10_000).map { _ in pace.take(now: 0) }
        #expect(verdicts.allSatisfy { $0 == .taken })
    }
}

@Suite struct RateLimitsTests {
    private func member(_ number: UInt64) -> RateLimits.Subject { .member(Member.ID(UniqueID(high: 0, low: number))) }

    @Test func `everybody has a bucket of their own for each limit`() {
        // acceptance: A-041, D-047
        let limits = RateLimits(sizes: [.sendUser: .init(burst: 1, perSecond: 1), .search: .init(burst: 1, perSecond: 1)], clock: { 0 })
        #expect(limits.take(.sendUser, for: member(1))?.wait == nil)
        #expect(limits.take(.sendUser, for: member(1))?.wait == .seconds(1))
        #expect(limits.take(.sendUser, for: member(2))?.wait == nil)
        #expect(limits.take(.search, for: member(1))?.wait == nil)
    }

    @Test func `an unknown limit, or limits that are off, let everybody through`() {
        let limits = RateLimits(sizes: [:])
        #expect(limits.take(.sendUser, for: member(1)) == nil)
    }

    @Test func `the caller learns what is left`() throws {
        // acceptance: B-021
        let limits = RateLimits(sizes: [.sendUser: .init(burst: 5, perSecond: 1)], clock: { 0 })
        _ = limits.take(.sendUser, for: member(1))
        let verdict = try #require(limits.take(.sendUser, for: member(1)))
        #expect(verdict.remaining == 3)
        #expect(verdict.secondsUntilFull == 2)
        #expect(verdict.headers.map(\.name) == [.xRateLimitLimit, .xRateLimitRemaining, .xRateLimitReset])
    }

    @Test func `one may ask whether somebody has a permit without taking it`() {
        let limits = RateLimits(sizes: [.search: .init(burst: 1, perSecond: 1)], clock: { 0 })
        #expect(limits.refusal(.search, for: member(1)) == nil)
        #expect(limits.take(.search, for: member(1))?.wait == nil)
        #expect(limits.refusal(.search, for: member(1))?.wait == .seconds(1))
        #expect(limits.refusal(.search, for: member(1))?.wait == .seconds(1))
        #expect(limits.refusal(.search, for: member(2)) == nil)
        #expect(limits.refusal(.sendUser, for: member(1)) == nil)
    }

    @Test func `a flood of addresses does not pile up`() {
        let time = Mutex<UInt64>(0)
        let limits = RateLimits(sizes: [.login: .init(burst: 2, perSecond: 1000)], clock: { time.withLock { $0 } })
        for number in 0..<400_000 {
            if number % 1000 == 0 { time.withLock { $0 += 10 } }
            _ = limits.take(.login, for: member(UInt64(number)))
        }
        #expect(limits.bucketCount < 300_000)
    }
}

@Suite struct TrustedProxiesTests {
    private func caller(_ peer: String, _ forwardedFor: [String], trusting blocks: [String]) throws -> String {
        let proxies = TrustedProxies(blocks: try blocks.map { try #require(AddressBlock($0)) })
        return proxies.caller(peer: try #require(SocketAddress(literal: peer))) { forwardedFor }.host
    }

    @Test func `whoever is not trusted counts as the caller, whatever it says`() throws {
        #expect(try caller("198.51.100.1", ["203.0.113.7"], trusting: []) == "198.51.100.1")
        #expect(try caller("198.51.100.1", ["203.0.113.7"], trusting: ["10.0.0.0/8"]) == "198.51.100.1")
        #expect(try caller("127.0.0.1", ["203.0.113.7"], trusting: []) == "127.0.0.1")
    }

    // acceptance: A-047
    @Test func `behind a trusted proxy the right-most address that is not trusted counts`() throws {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"]
        #expect(try caller("10.0.0.1", ["203.0.113.7"], trusting: trusted) == "203.0.113.7")
        #expect(try caller("10.0.0.1", ["1.1.1.1", "203.0.113.7", "10.0.0.2"], trusting: trusted) == "203.0.113.7")
        #expect(try caller("2001:db8:1::1", ["1.1.1.1", "2001:db8:2::9"], trusting: trusted) == "2001:db8:2::9")
        #expect(try caller("10.0.0.1", ["10.0.0.3", "10.0.0.2"], trusting: trusted) == "10.0.0.3")
        #expect(try caller("10.0.0.1", [], trusting: trusted) == "10.0.0.1")
    }

    @Test func `an entry may name a port; one that cannot be read ends the search`() throws {
        let trusted = ["10.0.0.0/8"]
        #expect(try caller("10.0.0.1", ["203.0.113.7:4711"], trusting: trusted) == "203.0.113.7")
        #expect(try caller("10.0.0.1", ["[2001:db8::7]:4711"], trusting: trusted) == "2001:db8::7")
        #expect(try caller("10.0.0.1", ["203.0.113.7", "unknown", "10.0.0.2"], trusting: trusted) == "10.0.0.2")
        #expect(try caller("10.0.0.1", ["203.0.113.7", "_hidden"], trusting: trusted) == "10.0.0.1")
    }
}
