/// Bytes that wait to be sent, in order, as the chunks in which they were handed over.
///
/// A chunk is kept as it came: an array that a thousand connections queue is one array. Small chunks are gathered when
/// they are lent, so that all that a tick produced leaves in one system call.
struct OutboundQueue {
    private var chunks: [[UInt8]] = []
    /// Index of the first chunk with unsent bytes, and how many of its bytes have been sent.
    private var first = 0
    private var sent = 0
    /// Bytes that have not been sent.
    private(set) var byteCount = 0

    /// A chunk at least this long is lent by itself: copying it would cost more than another system call.
    static let gatherLimit = 16_384

    var isEmpty: Bool { byteCount == 0 }

    mutating func append(_ chunk: [UInt8]) {
        guard !chunk.isEmpty else { return }
        chunks.append(chunk)
        byteCount += chunk.count
    }

    /// Lends the next bytes to send: one long chunk, or as many short ones as `scratch` holds, gathered there.
    func withNext<Value>(gatherIn scratch: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let isAlone = first + 1 >= chunks.count
        if isAlone || chunks[first].count - sent >= Self.gatherLimit {
            return chunks[first].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
        }
        var filled = 0
        var skip = sent
        for chunk in chunks[first...] {
            guard filled + chunk.count - skip <= scratch.count else { break }
            chunk.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: scratch[filled...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[skip...]))
            }
            filled += chunk.count - skip
            skip = 0
        }
        return body(UnsafeRawBufferPointer(rebasing: scratch[..<filled]))
    }

    /// Takes `count` bytes away from the front: they were sent.
    mutating func consume(_ count: Int) {
        byteCount -= count
        var left = count
        while left > 0 {
            let rest = chunks[first].count - sent
            if left < rest {
                sent += left
                break
            }
            left -= rest
            sent = 0
            chunks[first] = []
            first += 1
        }
        if byteCount == 0 {
            clear()
        } else if first > 64, first * 2 > chunks.count {
            chunks.removeFirst(first)
            first = 0
        }
    }

    /// Forgets everything. An idle queue keeps room for a few chunks and no more.
    mutating func clear() {
        chunks.removeAll(keepingCapacity: chunks.capacity <= 8)
        first = 0
        sent = 0
        byteCount = 0
    }
}
