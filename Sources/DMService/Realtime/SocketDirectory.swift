internal import Crypto
internal import Synchronization

/// On which loops of this process a member has sockets. Asked once for each reader of each event, from any loop.
final class SocketDirectory: Sendable {
    /// Loops as bits: bit `n` is the loop with index `n`.
    typealias Loops = UInt64

    /// Loops that the table can tell apart: a process has no more of them, however many cores there are.
    static let loopLimit = Loops.bitWidth

    /// - Parameter wanted: by configuration; `nil` for one on each core.
    static func loopCount(wanted: Int?, cores: Int) -> Int { min(wanted ?? cores, loopLimit) }

    private static let stripeCount = 64
    private let stripes: [Stripe]
    private let turns = Atomic<UInt64>(0)

    /// A part of the table under a lock of its own, held for one look-up.
    private final class Stripe: Sendable {
        let loops = Mutex<[Member.ID: Loops]>([:])
    }

    init() { stripes = (0..<Self.stripeCount).map { _ in Stripe() } }

    private func stripe(of member: Member.ID) -> Stripe { stripes[Int(truncatingIfNeeded: member.value.low) & (Self.stripeCount - 1)] }

    func loops(of member: Member.ID) -> Loops { stripe(of: member).loops.withLock { $0[member] ?? 0 } }

    /// The number of a socket that is admitted now.
    func nextTurn() -> UInt64 { turns.wrappingAdd(1, ordering: .relaxed).newValue }

    /// The member has their first socket on a loop.
    func add(_ member: Member.ID, loop: Int) {
        stripe(of: member).loops.withLock { $0[member, default: 0] |= 1 << UInt64(loop) }
    }

    /// The member's last socket on a loop is gone.
    func remove(_ member: Member.ID, loop: Int) {
        stripe(of: member).loops.withLock { table in
            let left = (table[member] ?? 0) & ~(1 << UInt64(loop))
            table[member] = left == 0 ? nil : left
        }
    }
}
