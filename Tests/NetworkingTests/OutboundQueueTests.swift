import Testing

@testable import Networking

@Suite struct OutboundQueueTests {
    /// Drains the queue in pieces of at most `step` bytes and answers what came out.
    private func drain(_ queue: inout OutboundQueue, step: Int, scratchSize: Int = 65_536) -> [UInt8] {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: scratchSize, alignment: 16)
        defer { scratch.deallocate() }
        var output: [UInt8] = []
        while !queue.isEmpty {
            let taken = queue.withNext(gatherIn: scratch) { bytes in
                let count = min(step, bytes.count)
                output += bytes[..<count]
                return count
            }
            queue.consume(taken)
        }
        return output
    }

    @Test(arguments: [1, 3, 100, 70_000]) func `what goes in comes out in order, however little is taken at a time`(step: Int) {
        var queue = OutboundQueue()
        var expected: [UInt8] = []
        for length in [1, 0, 7, 20_000, 3, 3, 50_000, 16_384, 1] {
            let chunk = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ length) }
            queue.append(chunk)
            expected += chunk
        }
        #expect(queue.byteCount == expected.count)
        #expect(drain(&queue, step: step) == expected)
        #expect(queue.byteCount == 0)
    }

    @Test func `short chunks are lent together`() {
        var queue = OutboundQueue()
        for byte in 0..<100 { queue.append([UInt8(byte)]) }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
        defer { scratch.deallocate() }
        #expect(queue.withNext(gatherIn: scratch) { Array($0) } == (0..<64).map { UInt8($0) })
    }

    @Test func `a queue that is fed while it drains keeps its count`() {
        var queue = OutboundQueue()
        for _ in 0..<1000 {
            queue.append([1, 2, 3])
            queue.append([4])
            queue.consume(3)
        }
        #expect(queue.byteCount == 1000)
        #expect(drain(&queue, step: 11).count == 1000)
    }
}
