public import JSON
import Synchronization

/// Makes ids of version 7: milliseconds of the clock, then a counter, then randomness. Source: RFC 9562 §5.7.
///
/// Ids of one generator rise strictly, whatever the clock does (§6.2, method 1): within a millisecond the 12-bit counter goes on from a
/// random start in its lower half; when it overflows, or when the clock falls back, the ids run ahead of the clock. The 62 random bits
/// that follow keep them from being guessed and generators from meeting.
///
/// One generator serves every thread: its whole state is one word, advanced without a lock.
public final class UUIDv7Generator: Sendable {
    /// The milliseconds and the counter of the last id: 48 and 12 bits, so that a counter that overflows carries into the milliseconds.
    private let last = Atomic<UInt64>(0)
    private let clock: @Sendable () -> Timestamp
    private let random: @Sendable () -> UInt128

    private static let counterBits: UInt64 = 12

    /// - Parameter random: Bits that nobody can guess.
    public init(
        clock: @escaping @Sendable () -> Timestamp = { .now },
        random: @escaping @Sendable () -> UInt128 = { SecureRandom.bits128() }
    ) {
        self.clock = clock
        self.random = random
    }

    /// The next id.
    public func next() -> UniqueID {
        let random = random()
        let tick = advance(counterStart: UInt64(truncatingIfNeeded: random >> 64) & 0x7FF)
        let high = (tick >> Self.counterBits) << 16 | 0x7000 | tick & 0xFFF
        let low = UInt64(truncatingIfNeeded: random) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return UniqueID(high: high, low: low)
    }

    /// The next tick: the clock's millisecond if it has moved on, else one more than the last.
    private func advance(counterStart: UInt64) -> UInt64 {
        let milliseconds = UInt64(max(0, clock().milliseconds)) & 0xFFFF_FFFF_FFFF
        let fresh = milliseconds << Self.counterBits | counterStart
        var old = last.load(ordering: .relaxed)
        while true {
            let new = milliseconds > old >> Self.counterBits ? fresh : old + 1
            let (exchanged, original) = last.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return new }
            old = original
        }
    }
}

extension UniqueID {
    /// When an id of version 7 was made, to the millisecond; `nil` for other versions.
    public var timestamp: Timestamp? {
        version == 7 ? Timestamp(milliseconds: Int64(high >> 16)) : nil
    }
}
