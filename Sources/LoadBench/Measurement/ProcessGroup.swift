internal import Glibc

/// Processes whose cost is told together, such as a database server with its workers.
public struct ProcessGroup: Equatable, Sendable {
    public let name: String
    /// The heads of the families that belong to the group.
    public let ids: [Int32]

    public init(name: String, ids: [Int32]) {
        self.name = name
        self.ids = ids
    }

    /// - Parameter argument: `name=pid[,pid…]`.
    public init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        let ids = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) ?? 0 }
        guard ids.allSatisfy({ $0 > 0 }) else { return nil }
        self.init(name: String(parts[0]), ids: ids)
    }

    /// This process.
    static let client = ProcessGroup(name: "client", ids: [getpid()])

    /// CPU time in seconds that the group has used so far, ended children included.
    func seconds(in table: ProcessTable) -> Double {
        let ticks = ids.flatMap(table.family(of:)).reduce(0) { $0 + $1.ticks }
        return Double(ticks) / Double(ProcessTable.ticksPerSecond)
    }

    /// Bytes of memory that are resident. What several processes share counts once for each.
    func residentBytes(in table: ProcessTable) -> Int {
        ids.flatMap(table.family(of:)).reduce(0) { $0 + $1.pages } * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
