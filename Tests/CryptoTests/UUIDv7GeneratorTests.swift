import JSON
import Synchronization
import Testing

@testable import Crypto

/// A clock that stands until it is moved.
final class ManualClock: Sendable {
    private let time: Mutex<Int64>
    init(milliseconds: Int64) { time = Mutex(milliseconds) }
    var now: Timestamp { time.withLock { Timestamp(milliseconds: $0) } }
    func advance(seconds: Double) { time.withLock { $0 += Int64(seconds * 1000) } }
}

@Suite struct UUIDv7GeneratorTests {
    private let clock = ManualClock(milliseconds: 1_645_557_742_000)

    private func generator(random: UInt128? = nil) -> UUIDv7Generator {
        UUIDv7Generator(clock: { [clock] in clock.now }, random: { random ?? SecureRandom.bits128() })
    }

    @Test func `an id has the clock's milliseconds, the counter, version 7, the variant and the randomness`() {
        #expect("\(generator(random: 0).next())" == "017f22e2-79b0-7000-8000-000000000000")
        #expect("\(generator(random: .max).next())" == "017f22e2-79b0-77ff-bfff-ffffffffffff")
        let id = generator(random: 0x0000_0000_0000_0123_4567_89AB_CDEF_0123).next()
        #expect("\(id)" == "017f22e2-79b0-7123-8567-89abcdef0123")
        #expect(id.version == 7 && id.timestamp == clock.now)
    }

    @Test func `ids rise strictly within a millisecond, and on beyond it when the counter overflows`() {
        let generator = generator(random: .max)  // the highest start, 0x7FF: 2,049 ids to the overflow
        let ids = (0..<10_000).map { _ in generator.next() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy(<))
        #expect(ids[2048].timestamp == clock.now)
        #expect("\(ids[2049])" == "017f22e2-79b1-7000-bfff-ffffffffffff")
        #expect(ids.allSatisfy { $0.version == 7 && $0.low >> 62 == 0b10 })
    }

    @Test func `ids rise when the clock falls back, and follow it again once it has caught up`() throws {
        let generator = generator()
        var ids = [generator.next()]
        clock.advance(seconds: -3600)
        for _ in 0..<100 { ids.append(generator.next()) }
        clock.advance(seconds: 3601)
        ids.append(generator.next())
        #expect(zip(ids, ids.dropFirst()).allSatisfy(<))
        #expect(ids.last?.timestamp == clock.now)
    }

    @Test(arguments: [(-1, 0), (Int64.min, 0), (.max, 0xFFFF_FFFF_FFFF), (1 << 48, 0)] as [(Int64, Int64)])
    func `a clock before 1970 or beyond 48 bits still gives ids of version 7 that rise`(clock: Int64, told: Int64) {
        let generator = UUIDv7Generator(clock: { Timestamp(milliseconds: clock) })
        let ids = (0..<100).map { _ in generator.next() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy(<))
        #expect(ids.allSatisfy { $0.low >> 62 == 0b10 && $0.timestamp == Timestamp(milliseconds: told) })
    }

    @Test func `threads that share a generator never get the same id, and each sees them rise`() async {
        let generator = UUIDv7Generator()
        let all = await withTaskGroup(of: [UniqueID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5000).map { _ in generator.next() } } }
            return await group.reduce(into: [[UniqueID]]()) { $0.append($1) }
        }
        for ids in all { #expect(zip(ids, ids.dropFirst()).allSatisfy(<)) }
        #expect(Set(all.joined().map { $0.high }).count == 40_000, "the counters alone tell them apart")
    }
}
