// Errors are made here and nowhere else. Reading keeps no account of where it is: the path is found by walking the document once more.

extension JSONReader {
    /// Returns `value`, or throws `.missing` for `nil`. To be called right after the object has ended.
    @inlinable
    public borrowing func required<Value>(_ name: StaticString, _ value: Value?) throws(JSONError) -> Value {
        guard let value else { throw missing(name) }
        return value
    }

    /// The error for a value that is well-formed but not what it should be. A conformance throws it right after it has read the value.
    ///
    /// - Parameter expected: what should have stood there, to follow "expected": "a UUID", "at most 50 items".
    public borrowing func invalid(expected: String) -> JSONError {
        lastValue(.invalidValue, expected: expected)
    }

    /// An error about the value that was just read.
    @usableFromInline
    @inline(never)
    borrowing func lastValue(_ code: JSONError.Code, expected: String) -> JSONError {
        let value = JSONLocation(in: document, endingAt: offset)
        return JSONError(code, path: value.path, offset: value.offset, expected: expected)
    }

    /// The error for a member that the object just read should have had.
    @usableFromInline
    @inline(never)
    borrowing func missing(_ name: StaticString) -> JSONError {
        let object = JSONLocation(in: document, endingAt: offset)
        let path = object.path.isEmpty ? "\(name)" : "\(object.path).\(name)"
        return JSONError(.missing, path: path, offset: object.offset, expected: "a value")
    }

    /// The error for what stands at the cursor: another kind of value is `.typeMismatch`, anything that begins no value is `.syntax`.
    @inline(never)
    borrowing func mismatch(expected: StaticString) -> JSONError {
        let beginsValue = cursor < end && JSONKind(firstByte: cursor.pointee) != nil
        return failure(beginsValue ? .typeMismatch : .syntax, expected: expected)
    }

    /// An error at the cursor, or at a place before it in the same value or name.
    @inline(never)
    borrowing func failure(_ code: JSONError.Code, at place: UnsafePointer<UInt8>? = nil, expected: StaticString) -> JSONError {
        let path = JSONLocation(in: document, at: offset).path
        return JSONError(code, path: path, offset: (place ?? cursor) - document.start, expected: expected.description)
    }

    private var offset: Int { cursor - document.start }
}
