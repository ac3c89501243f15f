import Testing

@testable import LoadBench

@Suite struct DeliveryLedgerTests {
    private var ledger = DeliveryLedger()

    @Test mutating func `messages that come through both ways, once and in order, are flawless`() {
        for number in 0..<3_000 {
            #expect(ledger.send(start: UInt64(number) * 10) == number)
            #expect(ledger.ack(number, seq: Int64(number) + 7) == UInt64(number) * 10)
            #expect(ledger.inFlight == 1)
            #expect(ledger.deliver(number, seq: Int64(number) + 7) == UInt64(number) * 10)
            #expect(ledger.inFlight == 0)
        }
        #expect(ledger.closed().isFlawless)
        #expect(ledger.closed().sent == 3_000)
    }

    @Test mutating func `the delivery may come before the acknowledgement, and many may be under way`() {
        for _ in 0..<3_000 { _ = ledger.send(start: 0) }
        for number in 0..<3_000 { _ = ledger.deliver(number, seq: Int64(number) + 1) }
        for number in (0..<3_000).reversed() { _ = ledger.ack(number, seq: Int64(number) + 1) }
        #expect(ledger.inFlight == 0)
        #expect(ledger.closed().isFlawless)
    }

    @Test mutating func `a message acknowledged and not delivered is lost, one without an answer is not`() {
        _ = ledger.send(start: 0)
        _ = ledger.send(start: 0)
        _ = ledger.ack(0, seq: 1)
        let counts = ledger.closed()
        #expect(counts.lost == 1)
        #expect(counts.unanswered == 1)
        #expect(!counts.isFlawless)
    }

    @Test mutating func `a second delivery is a duplicate, while the message is open and afterwards`() {
        _ = ledger.send(start: 0)
        #expect(ledger.deliver(0, seq: 1) != nil)
        #expect(ledger.deliver(0, seq: 1) == nil)
        _ = ledger.ack(0, seq: 1)
        #expect(ledger.deliver(0, seq: 1) == nil)
        #expect(ledger.closed().duplicates == 2)
        #expect(ledger.closed().delivered == 1)
    }

    @Test mutating func `what overtakes is out of order, and so is its seq`() {
        for _ in 0..<3 { _ = ledger.send(start: 0) }
        _ = ledger.deliver(1, seq: 2)
        _ = ledger.deliver(0, seq: 1)
        _ = ledger.deliver(2, seq: 3)
        #expect(ledger.counts.outOfOrder == 1)
        #expect(ledger.counts.sequenceFaults == 2)
    }

    @Test mutating func `a hole in seq is a fault, and so is another seq for the sender than for the peer`() {
        for _ in 0..<3 { _ = ledger.send(start: 0) }
        for (number, seq) in [(0, 5), (1, 6), (2, 8)] as [(Int, Int64)] { _ = ledger.deliver(number, seq: seq) }
        #expect(ledger.counts.sequenceFaults == 1)
        for (number, seq) in [(0, 5), (1, 7), (2, 8)] as [(Int, Int64)] { _ = ledger.ack(number, seq: seq) }
        #expect(ledger.counts.sequenceFaults == 2)
    }

    @Test mutating func `a refused message is neither lost nor under way`() {
        _ = ledger.send(start: 0)
        ledger.refuse(0)
        ledger.refuse(0)
        ledger.refuse(17)
        #expect(ledger.inFlight == 0)
        let counts = ledger.closed()
        #expect(counts.refused == 1)
        #expect(counts.lost + counts.unanswered == 0)
    }
}
