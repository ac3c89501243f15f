/// Two different people, whoever of them asked: the smaller id first.
struct MemberPair: Hashable, Sendable {
    let low: Member.ID
    let high: Member.ID

    /// `nil` when it is one and the same.
    init?(_ one: Member.ID, _ other: Member.ID) {
        guard one != other else { return nil }
        low = min(one, other)
        high = max(one, other)
    }
}
