/// Collects the parameters of a statement, in binary, in memory that is used again for the next statement.
public struct ParameterWriter: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    /// Bytes written so far.
    @usableFromInline private(set) var count = 0
    private var cells: [Cell] = []

    /// The cells as libpq wants them, made anew for each statement in the same memory.
    private var values: [UnsafePointer<CChar>?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// Where a parameter lies in the memory, or nowhere for NULL.
    private struct Cell {
        let offset: Int
        let length: Int
    }

    /// Memory that an extraordinarily long parameter needed is given back afterwards.
    private static let keptCapacity = 1 << 20
    private static let startCapacity = 4096

    init() {
        memory = .allocate(byteCount: Self.startCapacity, alignment: 16)
        cells.reserveCapacity(32)
    }

    deinit { memory.deallocate() }

    /// Appends the next parameter.
    @inlinable public mutating func append(_ value: some PostgresEncodable) {
        guard !value.isNull else { return appendNull() }
        let offset = count
        value.encode(into: &self)
        endCell(from: offset)
    }

    /// Appends the next parameter: an array of what `value` answers for each of `elements`.
    @inlinable public mutating func append<Element>(each elements: [Element], _ value: (Element) -> some PostgresEncodable) {
        let offset = count
        writeArray(of: elements, value)
        endCell(from: offset)
    }

    @usableFromInline mutating func endCell(from offset: Int) { cells.append(Cell(offset: offset, length: count - offset)) }

    /// Appends the next parameter as `bytea`.
    public mutating func append(bytes: [UInt8]) {
        let offset = count
        write(bytes: bytes)
        cells.append(Cell(offset: offset, length: bytes.count))
    }

    /// Appends the next parameter as `bytea`, or NULL.
    public mutating func append(bytes: [UInt8]?) {
        if let bytes { append(bytes: bytes) } else { appendNull() }
    }

    /// Appends the next parameter as `timestamptz`.
    public mutating func append(millisecondsSince1970 milliseconds: Int64) {
        append(PostgresTimestamp(millisecondsSince1970: milliseconds))
    }

    /// Appends NULL.
    public mutating func appendNull() {
        cells.append(Cell(offset: -1, length: 0))
    }
}

extension ParameterWriter {
    /// Lends the parameters to `body` in libpq's form (how many, values, lengths, formats), and forgets them.
    mutating func withCells<Value>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Value
    ) -> Value {
        let base = UnsafeRawPointer(memory.baseAddress)
        for cell in cells {
            values.append(cell.offset < 0 ? nil : base?.advanced(by: cell.offset).assumingMemoryBound(to: CChar.self))
            lengths.append(Int32(clamping: cell.length))
            formats.append(1)  // binary
        }
        defer { reset() }
        return body(Int32(clamping: cells.count), values, lengths, formats)
    }

    private mutating func reset() {
        cells.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        count = 0
        if memory.count > Self.keptCapacity {
            memory.deallocate()
            memory = .allocate(byteCount: Self.startCapacity, alignment: 16)
        }
    }
}

/// What values write themselves with.
extension ParameterWriter {
    /// Writes an integer in network byte order.
    @inlinable public mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { write(bytes: $0) }
    }

    public mutating func write(utf8 text: String) {
        var text = text
        text.withUTF8 { write(bytes: UnsafeRawBufferPointer($0)) }
    }

    public mutating func write(bytes: [UInt8]) {
        bytes.withUnsafeBytes { write(bytes: $0) }
    }

    public mutating func write(bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        withRoom(for: bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// Overwrites an integer that was written at `offset`.
    @usableFromInline mutating func patch(_ value: Int32, at offset: Int) {
        memory.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self)
    }

    private mutating func withRoom(for length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        if memory.count - count < length { grow(by: length) }
        fill(UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + length]))
        count += length
    }

    private mutating func grow(by length: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(memory.count * 2, count + length), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}
