internal import CPQ

/// Statements that are sent together, and what comes back for them.
///
/// All that is sent between two syncs is one implicit transaction: an error rolls the unit back and skips the rest of
/// it, and touches no other unit.
///
/// `@unchecked Sendable`: belongs to its connection's loop until it is answered, then to whoever waited for it.
final class PipelineUnit: @unchecked Sendable {
    private struct Slot {
        let statement: PreparedStatement
        var result: OpaquePointer?
    }

    private var slots: [Slot] = []
    private var answeredCount = 0
    /// Slots at the beginning whose answers are not handed out.
    private var hidden = 0
    private var failure: PostgresError?
    private(set) var isOver = false
    /// Whether the server has done all of it.
    var isDone: Bool { isOver && failure == nil }
    private var waiter: UnsafeContinuation<Void, Never>?
    /// When it was sent, in nanoseconds of ``MonotonicClock``.
    var sentAt: UInt64 = 0

    deinit {
        for slot in slots { PQclear(slot.result) }
    }

    func append(_ statement: PreparedStatement) { slots.append(Slot(statement: statement)) }

    /// Appends the statement that opens a transaction, ahead of all others.
    func append(opening statement: PreparedStatement) {
        append(statement)
        hidden = 1
    }

    /// The statement at `index`, the opening one included.
    func statement(_ index: Int) -> PreparedStatement { slots[index].statement }

    /// The statement that the server answers next.
    var current: PreparedStatement? { answeredCount < slots.count ? slots[answeredCount].statement : nil }

    func received(_ rows: consuming Rows) {
        guard answeredCount < slots.count else { return }
        slots[answeredCount].result = rows.release()
        answeredCount += 1
    }

    /// The first failure stands: what follows it was skipped because of it.
    func failed(_ error: PostgresError) {
        guard failure == nil else { return }
        failure = current.map { error.inStatement($0.name) } ?? error
    }

    /// Nothing more will come: wakes who waits.
    func end() {
        isOver = true
        waiter?.resume()
        waiter = nil
    }

    /// Waits until the server has answered everything, or the connection is lost. At most one task does.
    ///
    /// The continuation is an unsafe one, which costs no allocation: ``end()`` takes it out as it resumes it.
    func answered() async throws(PostgresError) {
        if !isOver { await withUnsafeContinuation { waiter = $0 } }
        if let failure { throw failure }
    }

    /// Takes what was answered to the statement at `position`, not counting the opening one. Once.
    func takeRows(_ position: Int) throws(PostgresError) -> Rows {
        let index = hidden + position
        guard index < slots.count, let result = slots[index].result else { throw PostgresError(.connectionLost) }
        slots[index].result = nil
        return Rows(owning: result)
    }
}
