import Testing

@testable import LoadBench

@Suite struct ScheduleTests {
    @Test func `instants come at the rate, and each is taken once`() {
        var schedule = Schedule(start: 1_000, rate: 1_000_000)  // one a microsecond
        #expect(schedule.takeDue(at: 999) == nil)
        #expect(schedule.takeDue(at: 1_000) == 1_000)
        #expect(schedule.takeDue(at: 1_000) == nil)
        #expect(schedule.next == 2_000)
    }

    @Test func `whoever comes late gets all that was missed, with the instants at which it was due`() {
        var schedule = Schedule(start: 0, rate: 1_000_000)
        var due: [UInt64] = []
        while let instant = schedule.takeDue(at: 3_500) { due.append(instant) }
        #expect(due == [0, 1_000, 2_000, 3_000])
    }

    @Test func `a rate that is no divisor does not drift`() {
        var schedule = Schedule(start: 0, rate: 3)
        for _ in 0..<3_000_000 { _ = schedule.takeDue(at: .max) }
        #expect(schedule.next == 1_000_000_000_000_000)
    }
}

@Suite struct RecorderTests {
    @Test func `what belongs to the window is counted, the rest is warm-up and end`() {
        var recorder = Recorder()
        recorder.record(since: 5, until: 6)
        recorder.complete(at: 6)
        recorder.open(at: 10)
        recorder.record(since: 9, until: 12)  // began before
        recorder.complete(at: 12)
        recorder.record(since: 11, until: 30)
        recorder.close(at: 20)
        recorder.record(since: 19, until: 90)  // began within, ends late: it counts
        recorder.record(since: 20, until: 21)
        recorder.complete(at: 20)
        #expect(recorder.tally.units == 1)
        #expect(recorder.tally.latencies[0].count == 2)
        #expect(recorder.tally.latencies[0].maximum == 71)
    }

    @Test func `tallies of several lanes add up`() {
        var (one, other) = (Recorder(), Recorder())
        one.note(error: "a")
        other.note(error: "a")
        other.note(error: "b")
        other.add(DeliveryLedger.Counts(sent: 3, acked: 2))
        other.add(DeliveryLedger.Counts(sent: 1, acked: 1))
        var total = one.tally
        total += other.tally
        #expect(total.errors == ["a": 2, "b": 1])
        #expect(total.deliveries == DeliveryLedger.Counts(sent: 4, acked: 3))
    }
}
