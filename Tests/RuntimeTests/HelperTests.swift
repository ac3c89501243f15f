import Runtime
import Testing

@Suite struct BackoffTests {
    @Test func `pauses double up to the longest, and are shortened by at most half`() {
        let backoff = Backoff(first: .milliseconds(50), longest: .seconds(1))
        let longest = (1...8).map { backoff.pause(afterFailures: $0, random: 1) }
        #expect(longest == [50, 100, 200, 400, 800, 1000, 1000, 1000].map { .milliseconds($0) })
        #expect(backoff.pause(afterFailures: 1, random: 0) == .milliseconds(25))
        #expect(backoff.pause(afterFailures: .max, random: 1) == .seconds(1))
    }
}

@Suite struct FIFOTests {
    @Test func `what goes in first comes out first, through thousands of turns`() {
        var queue = FIFO<Int>()
        var expected = 0
        for number in 0..<10_000 {
            queue.append(number)
            if number % 3 != 0 {
                #expect(queue.first == expected)
                #expect(queue.popFirst() == expected)
                expected += 1
            }
        }
        #expect(queue.count == 10_000 - expected)
        while let next = queue.popFirst() {
            #expect(next == expected)
            expected += 1
        }
        #expect(expected == 10_000 && queue.isEmpty && queue.popFirst() == nil)
    }
}
