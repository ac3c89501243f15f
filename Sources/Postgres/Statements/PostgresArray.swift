/// One-dimensional arrays, as `array_send` writes and `array_recv` reads them:
///
///     Int32 dimensions (0 when empty) · Int32 "has NULLs" · UInt32 element type
///     Int32 elements · Int32 lower bound · for each element: Int32 length (-1 for NULL) and its bytes
///
/// An array of arrays has no such form; the server refuses it. Source: PostgreSQL's `arrayfuncs.c`.
extension Array: PostgresEncodable where Element: PostgresEncodable {
    @inlinable public func encode(into parameter: inout ParameterWriter) { parameter.writeArray(of: self) { $0 } }
}

extension ParameterWriter {
    /// Inlinable, as its callers are, so that it is compiled for each kind of element where that is known. Otherwise every element
    /// of a batch of messages would be copied through a dozen of calls by witness: 7 % of the service's time under load.
    @inlinable mutating func writeArray<Element, Value: PostgresEncodable>(of elements: [Element], _ value: (Element) -> Value) {
        let start = count
        writeArrayHeader(Value.postgresType, count: elements.count)
        for index in elements.indices {
            let value = value(elements[index])
            let place = count
            if value.isNull {
                patch(1, at: start + 4)
                write(Int32(-1))
            } else {
                write(Int32(0))
                value.encode(into: &self)
                patch(Int32(clamping: count - place - 4), at: place)
            }
        }
    }

    @usableFromInline mutating func writeArrayHeader(_ type: PostgresType, count: Int) {
        write(Int32(count == 0 ? 0 : 1))
        write(Int32(0))
        write(type.rawValue)
        guard count > 0 else { return }
        write(Int32(clamping: count))
        write(Int32(1))
    }
}

extension Array: PostgresTyped where Element: PostgresTyped {
    /// The type of the elements. The array's own is never told: the server knows it from the statement.
    public static var postgresType: PostgresType { Element.postgresType }
}

extension Row {
    /// The values of an array column without NULL elements.
    public func array<Value: PostgresDecodable>(
        _ column: Int, of type: Value.Type = Value.self
    ) throws(PostgresError) -> [Value] {
        try arrayOfOptionals(column, of: type).map { value throws(PostgresError) in
            guard let value else { throw PostgresError(.undecodableRow) }
            return value
        }
    }

    /// The elements of an array column, `nil` for those that are NULL.
    public func arrayOfOptionals<Value: PostgresDecodable>(
        _ column: Int, of type: Value.Type = Value.self
    ) throws(PostgresError) -> [Value?] {
        let elements = try withBytes(column) { bytes throws(PostgresError) -> [Value?] in
            var reader = ArrayReader()
            guard let elements = reader.elements(in: bytes, of: type) else { throw PostgresError(.undecodableRow) }
            return elements
        }
        guard let elements else { throw PostgresError(.undecodableRow) }
        return elements
    }
}

/// Takes the bytes of an array apart, from the front. It keeps the place only: a span cannot be stored.
private struct ArrayReader {
    private var offset = 0

    mutating func elements<Value: PostgresDecodable>(in bytes: RawSpan, of type: Value.Type) -> [Value?]? {
        guard let dimensions = integer(in: bytes), integer(in: bytes) != nil, let elementType = integer(in: bytes),
            Value.canDecode(PostgresType(rawValue: UInt32(bitPattern: elementType)))
        else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = integer(in: bytes), integer(in: bytes) != nil else { return nil }
        // Every element has a length of four bytes: a count beyond that is a lie, and would reserve memory for it.
        guard count >= 0, Int(count) <= (bytes.byteCount - offset) / 4 else { return nil }
        var elements: [Value?] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let length = integer(in: bytes) else { return nil }
            if length == -1 {
                elements.append(nil)
            } else {
                guard let value = value(in: bytes, length: Int(length), of: type) else { return nil }
                elements.append(value)
            }
        }
        return elements
    }

    private mutating func value<Value: PostgresDecodable>(in bytes: RawSpan, length: Int, of type: Value.Type) -> Value? {
        guard length >= 0, length <= bytes.byteCount - offset else { return nil }
        defer { offset += length }
        return Value(postgres: bytes.extracting(offset..<offset + length))
    }

    private mutating func integer(in bytes: RawSpan) -> Int32? {
        guard bytes.byteCount - offset >= 4 else { return nil }
        defer { offset += 4 }
        return Int32(bigEndian: bytes.extracting(offset..<offset + 4))
    }
}
