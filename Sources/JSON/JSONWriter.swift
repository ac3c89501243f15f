/// Writes one JSON document (RFC 8259) into one growing buffer, with no spaces in it.
///
/// The caller gives the structure; commas and quotes come by themselves. A conformance of ``JSONEncodable`` reads:
/// ```swift
/// func encode(into json: inout JSONWriter) {
///     json.beginObject()
///     json.field("id", id)
///     json.field("edited_at", ifPresent: editedAt)
///     json.endObject()
/// }
/// ```
public struct JSONWriter: ~Copyable {
    /// The document so far: `count` bytes of `capacity` are written. Owned, freed in `deinit`.
    @usableFromInline var bytes: UnsafeMutablePointer<UInt8>
    @usableFromInline var count = 0
    @usableFromInline var capacity: Int
    /// A value has just ended, so whatever comes next in the same container needs a comma before it.
    @usableFromInline var needsComma = false

    /// - Parameter capacity: bytes to have ready at once; the buffer doubles when they are used up.
    public init(capacity: Int = 512) {
        self.capacity = max(capacity, 64)
        bytes = .allocate(capacity: self.capacity)
    }

    @inlinable
    deinit { bytes.deallocate() }

    /// Ends the document and returns it in an array of just its size.
    public consuming func finish() -> [UInt8] {
        [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    }

    /// Lends the bytes written so far to `body`, for a caller that puts the document into a frame of its own.
    public borrowing func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}

// MARK: - Structure

extension JSONWriter {
    @inlinable
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }

    @inlinable
    public mutating func endObject() { end(UInt8(ascii: "}")) }

    @inlinable
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }

    @inlinable
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes the name of the member whose value is written next. `name` is one of our own names: it holds nothing that needs an escape.
    @inlinable
    public mutating func key(_ name: StaticString) {
        assert(name.withUTF8Buffer { $0.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") } })
        let length = name.utf8CodeUnitCount
        reserve(length + 4)
        separate()
        let start = bytes + count
        start[0] = UInt8(ascii: "\"")
        (start + 1).update(from: name.utf8Start, count: length)
        start[length + 1] = UInt8(ascii: "\"")
        start[length + 2] = UInt8(ascii: ":")
        count += length + 3
        needsComma = false
    }

    /// Writes a name that came from outside, with escapes where it needs them.
    public mutating func key(_ name: String) {
        string(name)
        reserve(1)
        bytes[count] = .colon
        count += 1
        needsComma = false
    }

    /// Writes one member of the object that is open.
    @inlinable
    public mutating func field(_ name: StaticString, _ value: some JSONEncodable) {
        key(name)
        value.encode(into: &self)
    }

    /// Writes one member, or nothing at all for `nil`. (An optional given to the other `field` is written as `null`.)
    @inlinable
    public mutating func field(_ name: StaticString, ifPresent value: (some JSONEncodable)?) {
        if let value { field(name, value) }
    }

    /// Writes a value that is JSON already, such as a `jsonb` column read as text. The caller vouches for it.
    public mutating func raw(_ json: [UInt8]) {
        reserve(json.count + 1)
        separate()
        json.withUnsafeBufferPointer { append($0) }
        needsComma = true
    }
}

// MARK: - The buffer

extension JSONWriter {
    /// Makes room for `size` more bytes.
    @inlinable
    mutating func reserve(_ size: Int) {
        if capacity - count < size { grow(size) }
    }

    @usableFromInline
    @inline(never)
    mutating func grow(_ size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = larger
    }

    /// Writes the comma if one is due. One byte must be reserved: it is written either way and kept only when needed, which saves a branch.
    @inlinable
    mutating func separate() {
        bytes[count] = UInt8(ascii: ",")
        count += needsComma ? 1 : 0
    }

    /// Appends bytes as they are. Room for them must be reserved.
    mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        guard let start = source.baseAddress else { return }
        (bytes + count).update(from: start, count: source.count)
        count += source.count
    }

    @inlinable
    mutating func begin(_ bracket: UInt8) {
        reserve(2)
        separate()
        bytes[count] = bracket
        count += 1
        needsComma = false
    }

    @inlinable
    mutating func end(_ bracket: UInt8) {
        reserve(1)
        bytes[count] = bracket
        count += 1
        needsComma = true
    }
}
