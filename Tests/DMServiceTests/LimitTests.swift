import Crypto
import HTTPServer
import Synchronization
import Testing

@testable import DMService

@Suite struct TokenBucketTests {
    private let size = TokenBucket.Size(burst: 3, perSecond: 2)

    @Test func `a stock may be spent at once, then permits come back at the rate`() {
        var bucket = TokenBucket(size, now: 1000)
        #expect((0..<3).map { _ in bucket.take(size, now: 1000) } == [nil, nil, nil])
        #expect(bucket.take(size, now: 1000) == .milliseconds(500))
        #expect(bucket.take(size, now: 1400) == .milliseconds(100))
        #expect(bucket.take(size, now: 1500) == nil)
    }

    @Test func `a clock that steps back gives nothing and takes nothing`() {
        var bucket = TokenBucket(size, now: 5000)
        for _ in 0..<3 { _ = bucket.take(size, now: 5000) }
        #expect(bucket.take(size, now: 0) == .milliseconds(500))
        #expect(bucket.take(size, now: 5500) == nil)
    }

    @Test func `a full bucket can be forgotten`() {
        var bucket = TokenBucket(size, now: 0)
        _ = bucket.take(size, now: 0)
        #expect(!bucket.isFull(size, now: 100))
        #expect(bucket.isFull(size, now: 500))
    }
}

@Suite struct SocketPaceTests {
    @Test func `frames over the pace are told to wait, and who does not is let go`() {
        // acceptance: C-004
        var pace = SocketPace(TokenBucket.Size(burst: 2, perSecond: 1))
        #expect(pace.take(now: 0) == .taken)
        #expect(pace.take(now: 0) == .taken)
        #expect((0..<100).allSatisfy { _ in pace.take(now: 0) == .wait(.seconds(1)) })
        #expect(pace.take(now: 0) == .hopeless)
    }

    @Test func `waiting makes up for it`() {
        var pace = SocketPace(TokenBucket.Size(burst: 1, perSecond: 1))
        for second in 0..<300 {
            #expect(pace.take(now: UInt64(second) * 1000) == .taken)
            #expect(pace.take(now: UInt64(second) * 1000) != .hopeless)
        }
    }

    @Test func `without a limit every frame is taken`() {
        var pace = SocketPace(nil)
        #expect((0..<10_000).allSatisfy { _ in pace.take(now: 0) == .taken })
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
