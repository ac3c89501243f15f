/// Whose account changed lately in what decides who sees what: privacy, blocks. What was read of them before that counts no more.
struct AccountChanges {
    /// How long a change is remembered, in milliseconds: longer than anything is that was read.
    private let memory: UInt64
    private var changedAt: [Member.ID: UInt64] = [:]

    init(memory: UInt64) { self.memory = memory }

    mutating func note(_ member: Member.ID, now: UInt64) { changedAt[member] = now }

    /// Whether what was read at a moment may be out of date for a member.
    func contains(_ member: Member.ID, since moment: UInt64) -> Bool { changedAt[member].map { $0 >= moment } ?? false }

    mutating func forgetOld(now: UInt64) {
        if !changedAt.isEmpty { changedAt = changedAt.filter { $0.value + memory > now } }
    }
}
