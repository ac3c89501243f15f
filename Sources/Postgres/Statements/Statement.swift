/// One SQL statement with its bindings: what goes in, and what one row of the answer means.
///
///     struct MessagesBefore: Statement {
///         static let sql = "SELECT id, body FROM messages WHERE conversation_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT 50"
///         let conversation: Conversation.ID
///         let before: Int64  // seq
///
///         func bind(to parameters: inout ParameterWriter) {
///             parameters.append(conversation)
///             parameters.append(before)
///         }
///
///         func decode(_ row: borrowing Row) throws(PostgresError) -> Message {
///             Message(id: try row.value(0), body: try row.text(1))
///         }
///     }
///
/// Each connection prepares a statement when it first uses it, and knows it by its type from then on.
public protocol Statement: Sendable {
    /// What one row becomes. `Void` for statements that return none.
    associatedtype Output: Sendable = Void

    /// Constant text with `$1`, `$2` … for the bindings. The server infers their types; write `$1::text` where it cannot.
    static var sql: String { get }

    /// The statement's name in metrics and errors: its type's, unless it says otherwise.
    static var name: String { get }

    /// Appends the values of `$1`, `$2` …, in this order.
    func bind(to parameters: inout ParameterWriter)

    /// Reads one row.
    func decode(_ row: borrowing Row) throws(PostgresError) -> Output
}

extension Statement {
    public static var name: String { "\(Self.self)" }

    public func bind(to parameters: inout ParameterWriter) {}
}

extension Statement where Output == Void {
    public func decode(_ row: borrowing Row) throws(PostgresError) {}
}
