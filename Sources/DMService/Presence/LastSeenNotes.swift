internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// When members were last there, on its way to the database: many in one statement, one statement at a time. Belongs to its loop.
///
/// `@unchecked Sendable`: confined to its loop.
final class LastSeenNotes: @unchecked Sendable {
    /// Members of one statement.
    private static let slice = 1_000
    /// Members who may wait while the database is away. Of more than that, some are forgotten.
    private static let limit = 200_000
    /// Milliseconds between two attempts that fail.
    private static let pause: UInt64 = 1_000

    private let loop: EventLoop
    private let database: Database
    private let metrics: PresenceMetrics
    private var waiting: [Member.ID: Timestamp] = [:]
    private var underWay: [Member.ID: Timestamp] = [:]
    private var notBefore: UInt64 = 0

    init(loop: EventLoop, database: Database, metrics: PresenceMetrics) {
        self.loop = loop
        self.database = database
        self.metrics = metrics
    }

    func add(_ member: Member.ID, at moment: Timestamp) {
        guard waiting.count < Self.limit || waiting[member] != nil else { return }
        waiting[member] = max(waiting[member] ?? moment, moment)
    }

    /// When a member was last there, if the database may not know it yet.
    func lastSeen(_ member: Member.ID) -> Timestamp? { waiting[member] ?? underWay[member] }

    /// Begins to write what waits, unless that is under way or failed just now.
    func write() {
        guard !waiting.isEmpty, underWay.isEmpty, loop.now >= notBefore else { return }
        loop.start { [self] in await writeAll() }
    }

    /// Writes what waits, and waits until all of it is written or that fails.
    func finish() async {
        while !underWay.isEmpty { try? await Task.sleep(for: .milliseconds(10)) }
        await writeAll()
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let slice = waiting.sorted { $0.key < $1.key }.prefix(Self.slice)
            for (member, moment) in slice { underWay[member] = waiting.removeValue(forKey: member) ?? moment }
            do throws(PostgresError) {
                let count = try await database.execute(NoteLastSeen(notes: slice.map { ($0.key, $0.value) }))
                metrics.lastSeen.increment(by: UInt64(count))
                underWay = [:]
            } catch {
                if error.isUnavailability {
                    waiting.merge(underWay) { max($0, $1) }
                } else {
                    Logger.current.warning("when members were last there could not be noted", [.sqlState: error.sqlState ?? "none"])
                }
                underWay = [:]
                notBefore = loop.now + Self.pause
                return
            }
        }
    }
}
