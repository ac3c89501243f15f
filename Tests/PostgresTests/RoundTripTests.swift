import Postgres
import Testing

/// Sends a value as a parameter and reads it back.
private protocol Sample: PostgresEncodable, PostgresDecodable, Equatable, Sendable {
    static var sqlName: String { get }
}

extension Int16: Sample { static var sqlName: String { "smallint" } }
extension Int32: Sample { static var sqlName: String { "integer" } }
extension Int64: Sample { static var sqlName: String { "bigint" } }
extension Bool: Sample { static var sqlName: String { "boolean" } }
extension Double: Sample { static var sqlName: String { "double precision" } }
extension String: Sample { static var sqlName: String { "text" } }
extension Bytea: Sample { static var sqlName: String { "bytea" } }
extension PostgresTimestamp: Sample { static var sqlName: String { "timestamptz" } }

/// An id as the product declares it, from outside of the module.
private struct TestID: Sample {
    static var sqlName: String { "uuid" }
    static var postgresType: PostgresType { .uuid }
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    func encode(into parameter: inout ParameterWriter) {
        parameter.write(high)
        parameter.write(low)
    }

    init?(postgres bytes: RawSpan) {
        guard bytes.byteCount == 16, let high = UInt64(bigEndian: bytes.extracting(first: 8)),
            let low = UInt64(bigEndian: bytes.extracting(last: 8))
        else { return nil }
        self.init(high: high, low: low)
    }
}

/// An enumeration that needs no more than its conformance.
private enum Mood: String, Sample {
    static var sqlName: String { "text" }
    case calm, wild
}

private struct EchoValue<Value: Sample>: Statement {
    static var sql: String { "SELECT $1::\(Value.sqlName)" }
    let value: Value?
    func bind(to parameters: inout ParameterWriter) { parameters.append(value) }
    func decode(_ row: borrowing Row) throws(PostgresError) -> Value? { try row.optional(0) }
}

private struct EchoArray<Value: Sample>: Statement {
    static var sql: String { "SELECT $1::\(Value.sqlName)[]" }
    let values: [Value?]
    func bind(to parameters: inout ParameterWriter) { parameters.append(values) }
    func decode(_ row: borrowing Row) throws(PostgresError) -> [Value?] { try row.arrayOfOptionals(0) }
}

@Suite(.database) struct RoundTripTests {
    @Test func `integers of all sizes come back`() async throws {
        try await check([Int16.min, -1, 0, .max])
        try await check([Int32.min, -1, 0, .max])
        try await check([Int64.min, -1, 0, .max])
    }

    @Test func `booleans and doubles come back, the special ones too`() async throws {
        try await check([true, false])
        try await check([0, -0.0, 1.5, .pi, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
    }

    @Test func `texts come back, the empty one and the longest too`() async throws {
        try await check(["", "hello", "Grüße 👋🏽 \u{0301}", "'; DROP TABLE x --", String(repeating: "ä", count: 1_000_000)])
    }

    @Test func `bytes come back, zeros and none at all too`() async throws {
        try await check([Bytea([]), Bytea([0, 0, 255]), Bytea(Array(repeating: 7, count: 100_000))])
    }

    @Test func `ids and enumerations of the product's own come back`() async throws {
        try await check([TestID(high: 0, low: 0), TestID(high: 0x0123_4567_89AB_CDEF, low: .max)])
        try await check([Mood.calm, .wild])
    }

    @Test func `times come back to the millisecond, before 1970 and 2000 too`() async throws {
        let times: [Int64] = [0, 1, -1, 946_684_799_999, 946_684_800_001, 1_700_000_000_123, -62_000_000_000_001]
        try await check(times.map(PostgresTimestamp.init(millisecondsSince1970:)))
    }

    @Test func `times are the server's times, and rounded down`() async throws {
        try await TestDatabase.use { database async throws in
            #expect(try await database.one(MomentAfterEpoch(milliseconds: 1_700_000_000_123)) == "2023-11-14 22:13:20.123")
            #expect(try await database.one(RoundedMoment()) == [-1, 0])
        }
    }

    @Test func `columns are checked: their number, their type, and whether they are NULL`() async throws {
        try await TestDatabase.use { database in
            for access in Mismatch.Access.allCases {
                let error = try await #require(throws: PostgresError.self) { _ = try await database.one(Mismatch(access: access)) }
                #expect(error.code == .undecodableRow && error.statement == "Mismatch", "\(access)")
            }
        }
    }

    @Test func `text with a zero byte is refused by the server, and harms nobody else`() async throws {
        try await TestDatabase.use { database in
            let error = try await #require(throws: PostgresError.self) { _ = try await database.one(EchoValue(value: "a\0b")) }
            #expect(error.code == .serverRejected && error.sqlState == "22021")
            #expect(try await database.one(Echo(number: 1)) == 1)
        }
    }

    /// Each value by itself, NULL, all of them as an array, with NULLs in between, and no element at all.
    private func check<Value: Sample>(_ values: [Value]) async throws {
        try await TestDatabase.use { database async throws in
            for value in values { #expect(try await database.one(EchoValue(value: value)) == value) }
            #expect(try await database.one(EchoValue<Value>(value: nil)) == .some(nil))
            for array: [Value?] in [values, values.flatMap { [nil, $0] }, [nil], []] {
                #expect(try await database.one(EchoArray(values: array)) == array)
            }
        }
    }
}

private struct MomentAfterEpoch: Statement {
    static let sql = "SELECT to_char($1::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')"
    let milliseconds: Int64
    func bind(to parameters: inout ParameterWriter) { parameters.append(millisecondsSince1970: milliseconds) }
    func decode(_ row: borrowing Row) throws(PostgresError) -> String { try row.text(0) }
}

private struct RoundedMoment: Statement {
    static let sql = "SELECT '1969-12-31 23:59:59.9995Z'::timestamptz, '1970-01-01 00:00:00.0009Z'::timestamptz"
    func decode(_ row: borrowing Row) throws(PostgresError) -> [Int64] { [try row.milliseconds(0), try row.milliseconds(1)] }
}

private struct Mismatch: Statement {
    enum Access: CaseIterable, Sendable {
        case otherType, sameLengthOtherType, beyond, negative, null, infiniteTime, arrayOfOther, nullElement
    }
    static let sql = "SELECT 1::int, 1::bigint, NULL::bigint, 'infinity'::timestamptz, ARRAY[1], ARRAY[1, NULL]::bigint[]"
    let access: Access
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int {
        switch access {
        case .otherType: Int(try row.int64(0))
        case .sameLengthOtherType: Int(try row.double(1))
        case .beyond: Int(try row.int64(6))
        case .negative: Int(try row.int64(-1))
        case .null: Int(try row.int64(2))
        case .infiniteTime: Int(try row.milliseconds(3))
        case .arrayOfOther: try row.array(4, of: Int64.self).count
        case .nullElement: try row.array(5, of: Int64.self).count
        }
    }
}
