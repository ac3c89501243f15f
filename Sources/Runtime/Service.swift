/// Something that lives as long as the process: a server, a pool, a sweeper.
public protocol Service: Sendable {
    /// Serves until its task is cancelled, then finishes what is under way and returns.
    ///
    /// What must stand before the next service starts happens before the first suspension.
    /// - Throws: what makes it impossible to go on; the whole group is stopped then.
    func run() async throws
}
