/// What became of the messages that one sender sends into one conversation.
///
/// A message is due twice: the server acknowledges it to the sender, and hands it to the peer. Every message must come through both ways
/// exactly once, the peer must see them in the order in which they were sent, and `seq` must count them without a hole.
struct DeliveryLedger {
    /// What must be zero, or equal to another, at the end of a run.
    struct Counts: Equatable, Sendable {
        var sent = 0
        var acked = 0
        var delivered = 0
        /// Answered with an error.
        var refused = 0
        /// Acknowledged, and never delivered: the one thing that must not happen.
        var lost = 0
        /// Neither acknowledged nor refused when the run ended.
        var unanswered = 0
        var duplicates = 0
        /// Delivered after a message that was sent later.
        var outOfOrder = 0
        /// Places where `seq` did not go up by one, or where the sender was told another `seq` than the peer.
        var sequenceFaults = 0
    }

    /// How the messages stand from the oldest unfinished one on.
    private struct Entry {
        /// When it was sent, or should have been.
        let start: UInt64
        var ackedAs: Int64?
        var deliveredAs: Int64?
        var isRefused = false

        var isFinished: Bool { isRefused || (ackedAs != nil && deliveredAs != nil) }
    }

    private var entries: [Entry] = []
    /// Finished entries at the front of `entries`, and the number of the first entry.
    private var finished = 0
    private var base = 0
    private var lastDelivered = -1
    private var lastSeq: Int64?
    private(set) var counts = Counts()

    /// Messages that are not both acknowledged and delivered, nor refused.
    private(set) var inFlight = 0

    /// Notes that a message leaves.
    ///
    /// - Returns: its number, from 0.
    mutating func send(start: UInt64) -> Int {
        counts.sent += 1
        inFlight += 1
        entries.append(Entry(start: start))
        return base + entries.count - 1
    }

    /// - Returns: when the message was due to be sent, or `nil` if this is not its first acknowledgement.
    mutating func ack(_ number: Int, seq: Int64) -> UInt64? {
        guard let index = open(number), entries[index].ackedAs == nil else {
            counts.duplicates += 1
            return nil
        }
        counts.acked += 1
        entries[index].ackedAs = seq
        return settle(index)
    }

    /// - Returns: when the message was due to be sent, or `nil` if this is not its first delivery.
    mutating func deliver(_ number: Int, seq: Int64) -> UInt64? {
        guard let index = open(number), entries[index].deliveredAs == nil else {
            counts.duplicates += 1
            return nil
        }
        counts.delivered += 1
        if number < lastDelivered { counts.outOfOrder += 1 }
        lastDelivered = max(lastDelivered, number)
        if let lastSeq, seq != lastSeq + 1 { counts.sequenceFaults += 1 }
        lastSeq = seq
        entries[index].deliveredAs = seq
        return settle(index)
    }

    mutating func refuse(_ number: Int) {
        guard let index = open(number) else { return }
        counts.refused += 1
        entries[index].isRefused = true
        _ = settle(index)
    }

    /// The final account: what is still in flight is lost, or was never answered.
    func closed() -> Counts {
        var counts = counts
        for entry in entries[finished...] where !entry.isFinished {
            if entry.ackedAs != nil { counts.lost += 1 } else { counts.unanswered += 1 }
        }
        return counts
    }

    private func open(_ number: Int) -> Int? {
        let index = number - base
        return entries.indices.contains(index) && !entries[index].isFinished ? index : nil
    }

    private mutating func settle(_ index: Int) -> UInt64 {
        let entry = entries[index]
        guard entry.isFinished else { return entry.start }
        inFlight -= 1
        if let acked = entry.ackedAs, let delivered = entry.deliveredAs, acked != delivered { counts.sequenceFaults += 1 }
        while finished < entries.count, entries[finished].isFinished { finished += 1 }
        if finished == entries.count || finished > 1024 {
            base += finished
            entries.removeFirst(finished)
            finished = 0
        }
        return entry.start
    }
}

extension DeliveryLedger.Counts {
    /// Whether every message came through both ways, once, in order.
    var isFlawless: Bool {
        acked == sent && delivered == sent && refused + lost + unanswered + duplicates + outOfOrder + sequenceFaults == 0
    }

    static func += (total: inout Self, more: Self) {
        total.sent += more.sent
        total.acked += more.acked
        total.delivered += more.delivered
        total.refused += more.refused
        total.lost += more.lost
        total.unanswered += more.unanswered
        total.duplicates += more.duplicates
        total.outOfOrder += more.outOfOrder
        total.sequenceFaults += more.sequenceFaults
    }
}
