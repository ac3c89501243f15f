import Glibc

/// Byte strings on standard input, each behind its length as four bytes, the lowest first.
struct RecordReader {
    private var buffer: [UInt8] = []
    private var position = 0

    /// Bytes read at once.
    private static let readSize = 1 << 20

    /// The next one; `nil` at the end.
    mutating func next() -> [UInt8]? {
        guard fill(4) else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(buffer[position + $1]) << (8 * $1) }
        guard fill(4 + length) else { return nil }
        defer { position += 4 + length }
        return Array(buffer[position + 4..<position + 4 + length])
    }

    /// Reads until that many bytes are there.
    private mutating func fill(_ count: Int) -> Bool {
        while buffer.count - position < count {
            buffer.removeFirst(position)
            position = 0
            let piece = [UInt8](unsafeUninitializedCapacity: Self.readSize) { memory, count in
                count = max(0, read(0, memory.baseAddress, Self.readSize))
            }
            guard !piece.isEmpty else { return false }
            buffer += piece
        }
        return true
    }
}

/// Writes byte strings to standard output in the same form.
struct RecordWriter {
    private var buffer: [UInt8] = []

    mutating func write(_ bytes: [UInt8]) {
        for shift in 0..<4 { buffer.append(UInt8(truncatingIfNeeded: bytes.count >> (8 * shift))) }
        buffer += bytes
        if buffer.count > 1 << 20 { flush() }
    }

    mutating func flush() {
        Console.put(buffer, to: STDOUT_FILENO)
        buffer.removeAll(keepingCapacity: true)
    }
}
