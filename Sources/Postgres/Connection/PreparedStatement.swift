internal import Glibc
internal import Observability

/// A statement as one connection knows it.
final class PreparedStatement {
    /// ``Statement/name``.
    let name: String
    /// Its name on the connection, for libpq.
    let handle: UnsafePointer<CChar>
    /// Seconds from sending it to its answer.
    let seconds: Histogram
    /// Why the server would not prepare it.
    var failure: PostgresError?

    /// - Parameter number: tells it from the other statements of its connection.
    init(_ name: String, number: Int, seconds: Histogram) {
        self.name = name
        self.seconds = seconds
        let text = strdup("s\(number)")
        guard let text else { preconditionFailure("out of memory") }
        handle = UnsafePointer(text)
    }

    deinit { free(UnsafeMutablePointer(mutating: handle)) }
}
