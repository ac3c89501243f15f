internal import Glibc

/// The processes of the machine at one moment, as `/proc` shows them.
struct ProcessTable {
    struct Entry: Equatable {
        let id: Int32
        let parent: Int32
        /// User and system time of the process and of those of its children that ended and were waited for, in clock ticks.
        let ticks: Int
        /// Resident pages.
        let pages: Int
    }

    private var entries: [Int32: Entry] = [:]
    private var children: [Int32: [Int32]] = [:]
    /// Clock ticks that the machine's processors have not been idle, since it was started.
    let busyTicks: Int

    /// Clock ticks in a second: the unit of `/proc`'s times.
    static let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))

    init(_ entries: [Entry], busyTicks: Int = 0) {
        self.busyTicks = busyTicks
        for entry in entries {
            self.entries[entry.id] = entry
            children[entry.parent, default: []].append(entry.id)
        }
    }

    /// Reads `/proc`. A process that ends meanwhile is left out.
    static func current() -> ProcessTable {
        guard let folder = opendir("/proc") else { return ProcessTable([]) }
        defer { closedir(folder) }
        var entries: [Entry] = []
        while let item = readdir(folder) {
            let name = withUnsafePointer(to: &item.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if Int32(name) != nil, let entry = text("/proc/\(name)/stat").flatMap(Entry.init(stat:)) { entries.append(entry) }
        }
        return ProcessTable(entries, busyTicks: text("/proc/stat").map(busyTicks(stat:)) ?? 0)
    }

    /// - Parameter stat: the text of `/proc/stat`, whose first line sums up the processors: user, nice, system, idle, iowait, irq, softirq, …
    ///   Source: proc(5).
    static func busyTicks(stat: String) -> Int {
        let fields = stat.prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(7).map { $0.wholeNumber ?? 0 }
        return fields.enumerated().reduce(0) { sum, field in field.offset == 3 || field.offset == 4 ? sum : sum + field.element }
    }

    subscript(id: Int32) -> Entry? { entries[id] }

    /// The process and all that it started, directly or not, and that still run.
    func family(of id: Int32) -> [Entry] {
        guard let entry = entries[id] else { return [] }
        return [entry] + (children[id] ?? []).flatMap(family(of:))
    }

    /// The first 4 KiB of a file.
    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

extension ProcessTable.Entry {
    /// - Parameter stat: a line of `/proc/PID/stat`. The name in it may hold anything, parentheses and spaces too. Source: proc(5).
    init?(stat: String) {
        guard let nameEnd = stat.lastIndex(of: ")"), let id = stat.prefix(while: { $0 != " " }).wholeNumber else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")  // from field 3 on
        guard fields.count > 21, let parent = fields[1].wholeNumber, let pages = fields[21].wholeNumber else { return nil }
        let times = fields[11...14].compactMap(\.wholeNumber)
        guard times.count == 4 else { return nil }
        self.init(id: Int32(id), parent: Int32(parent), ticks: times.reduce(0, +), pages: pages)
    }
}

extension Substring {
    fileprivate var wholeNumber: Int? { Int(self) }
}
