/// A type of the server, by its object id. Source: PostgreSQL's `pg_type.dat`; these ids never change.
public struct PostgresType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let bool = PostgresType(rawValue: 16)
    public static let bytea = PostgresType(rawValue: 17)
    public static let int8 = PostgresType(rawValue: 20)
    public static let int2 = PostgresType(rawValue: 21)
    public static let int4 = PostgresType(rawValue: 23)
    public static let text = PostgresType(rawValue: 25)
    public static let json = PostgresType(rawValue: 114)
    public static let float8 = PostgresType(rawValue: 701)
    public static let varchar = PostgresType(rawValue: 1043)
    public static let timestamptz = PostgresType(rawValue: 1184)
    public static let uuid = PostgresType(rawValue: 2950)
    /// Transaction ids that never wrap around, such as `pg_current_xact_id()`.
    public static let xid8 = PostgresType(rawValue: 5069)

    /// Whether the type was made by somebody with `CREATE TYPE` (an enum, `citext`): such ids differ between databases.
    public var isUserDefined: Bool { rawValue >= 16_384 }
}

/// A type whose values the server knows as one of its own.
public protocol PostgresTyped {
    /// The server's type. An array tells it to the server, which refuses any other.
    static var postgresType: PostgresType { get }
}

extension PostgresTyped where Self: RawRepresentable, RawValue: PostgresTyped {
    public static var postgresType: PostgresType { RawValue.postgresType }
}
