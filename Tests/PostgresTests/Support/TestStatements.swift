import Postgres

/// Answers its parameter.
struct Echo: Statement {
    static let sql = "SELECT $1::bigint"
    let number: Int64
    func bind(to parameters: inout ParameterWriter) { parameters.append(number) }
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}

/// 1 divided by its parameter: an error for 0.
struct Divide: Statement {
    static let sql = "SELECT 1 / $1::bigint"
    let divisor: Int64
    func bind(to parameters: inout ParameterWriter) { parameters.append(divisor) }
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}

struct Sleep: Statement {
    static let sql = "SELECT pg_sleep($1)"
    let seconds: Double
    func bind(to parameters: inout ParameterWriter) { parameters.append(seconds) }
}

struct BackendID: Statement {
    static let sql = "SELECT pg_backend_pid()"
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int32 { try row.int32(0) }
}

struct CreateCounters: Statement {
    static let sql = "CREATE TABLE counters (name text PRIMARY KEY, value bigint NOT NULL)"
}

struct SetCounter: Statement {
    static let sql = "INSERT INTO counters VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    let name: String
    let value: Int64
    func bind(to parameters: inout ParameterWriter) {
        parameters.append(name)
        parameters.append(value)
    }
}

struct InsertCounter: Statement {
    static let sql = "INSERT INTO counters VALUES ($1, $2)"
    let name: String
    let value: Int64
    func bind(to parameters: inout ParameterWriter) {
        parameters.append(name)
        parameters.append(value)
    }
}

struct AddToCounter: Statement {
    static let sql = "UPDATE counters SET value = value + $2 WHERE name = $1 RETURNING value"
    let name: String
    let amount: Int64
    func bind(to parameters: inout ParameterWriter) {
        parameters.append(name)
        parameters.append(amount)
    }
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}

struct ReadCounter: Statement {
    static let sql = "SELECT value FROM counters WHERE name = $1"
    let name: String
    func bind(to parameters: inout ParameterWriter) { parameters.append(name) }
    func decode(_ row: borrowing Row) throws(PostgresError) -> Int64 { try row.int64(0) }
}
