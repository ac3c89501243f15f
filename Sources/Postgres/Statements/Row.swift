internal import CPQ

/// One row of an answer, lent to ``Statement/decode(_:)``. Columns count from 0, in the order of the `SELECT` list.
///
/// Every access checks that the column is there, has the type that is asked for and holds a value; else it throws
/// ``PostgresError`` with `.undecodableRow`.
public struct Row: ~Copyable {
    private let result: OpaquePointer
    private let index: Int32

    init(result: OpaquePointer, index: Int32) {
        self.result = result
        self.index = index
    }

    public func isNull(_ column: Int) throws(PostgresError) -> Bool {
        try checked(column)
        return PQgetisnull(result, index, Int32(column)) != 0
    }

    /// Lends the bytes of a column of any type to `body`, or answers `nil` for NULL.
    public func withBytes<Value>(_ column: Int, _ body: (RawSpan) throws(PostgresError) -> Value) throws(PostgresError) -> Value? {
        guard try !isNull(column) else { return nil }
        let start = UnsafeRawPointer(PQgetvalue(result, index, Int32(column)))
        let count = Int(PQgetlength(result, index, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: count).bytes)
    }

    /// The value of a column, or `nil` for NULL.
    public func optional<Value: PostgresDecodable>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        try checked(column)
        guard Value.canDecode(PostgresType(rawValue: PQftype(result, Int32(column)))) else { throw PostgresError(.undecodableRow) }
        return try withBytes(column) { bytes throws(PostgresError) in
            guard let value = Value(postgres: bytes) else { throw PostgresError(.undecodableRow) }
            return value
        }
    }

    /// The value of a column that is not NULL.
    public func value<Value: PostgresDecodable>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, as: type) else { throw PostgresError(.undecodableRow) }
        return value
    }

    private func checked(_ column: Int) throws(PostgresError) {
        guard column >= 0, column < Int(PQnfields(result)) else { throw PostgresError(.undecodableRow) }
    }
}

extension Row {
    public func int16(_ column: Int) throws(PostgresError) -> Int16 { try value(column) }
    public func int32(_ column: Int) throws(PostgresError) -> Int32 { try value(column) }
    public func int64(_ column: Int) throws(PostgresError) -> Int64 { try value(column) }
    public func bool(_ column: Int) throws(PostgresError) -> Bool { try value(column) }
    public func double(_ column: Int) throws(PostgresError) -> Double { try value(column) }
    public func text(_ column: Int) throws(PostgresError) -> String { try value(column) }
    public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] { try value(column, as: Bytea.self).bytes }

    /// A `timestamptz`, in milliseconds since 1970-01-01 00:00 UTC, rounded down.
    public func milliseconds(_ column: Int) throws(PostgresError) -> Int64 {
        try value(column, as: PostgresTimestamp.self).millisecondsSince1970
    }
}
