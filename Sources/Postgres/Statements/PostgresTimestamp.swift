/// A `timestamptz`, to the millisecond.
public struct PostgresTimestamp: Hashable, Sendable {
    /// Milliseconds since 1970-01-01 00:00 UTC. The server's microseconds are rounded down.
    public var millisecondsSince1970: Int64

    public init(millisecondsSince1970: Int64) { self.millisecondsSince1970 = millisecondsSince1970 }

    /// 2000-01-01 00:00 UTC, where the server's count of microseconds begins.
    private static let epoch: Int64 = 946_684_800_000
}

extension PostgresTimestamp: PostgresEncodable {
    public static var postgresType: PostgresType { .timestamptz }

    /// A time beyond the server's range becomes its `infinity` or `-infinity`.
    public func encode(into parameter: inout ParameterWriter) {
        let (milliseconds, isBefore) = millisecondsSince1970.subtractingReportingOverflow(Self.epoch)
        let (microseconds, isBeyond) = milliseconds.multipliedReportingOverflow(by: 1000)
        parameter.write(isBefore || isBeyond ? (millisecondsSince1970 < 0 ? .min : .max) : microseconds)
    }
}

extension PostgresTimestamp: PostgresDecodable {
    public init?(postgres bytes: RawSpan) {
        guard let microseconds = Int64(bigEndian: bytes), microseconds != .max, microseconds != .min else { return nil }
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        self.init(millisecondsSince1970: (remainder < 0 ? quotient - 1 : quotient) + Self.epoch)
    }
}
