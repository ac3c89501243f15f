import Glibc

/// What the kernel knows of this process, under the names that every Prometheus client uses, read when the metrics are rendered.
enum ProcessMetrics {
    static func register(in registry: MetricsRegistry) {
        let startTime = startTimeSeconds()
        registry.replace("process_resident_memory_bytes", .gauge, "Resident memory.", [:]) { Double(memoryPages(field: 1) * pageSize) }
        registry.replace("process_virtual_memory_bytes", .gauge, "Virtual memory.", [:]) { Double(memoryPages(field: 0) * pageSize) }
        registry.replace("process_open_fds", .gauge, "Open file descriptors.", [:]) { Double(openDescriptors()) }
        registry.replace("process_max_fds", .gauge, "Limit of open file descriptors.", [:]) { descriptorLimit() }
        registry.replace("process_cpu_seconds_total", .counter, "User and system CPU time.", [:]) { cpuSeconds() }
        registry.replace("process_start_time_seconds", .gauge, "Start of the process, in seconds since 1970.", [:]) { startTime }
    }

    private static let pageSize = sysconf(Int32(_SC_PAGESIZE))

    /// A field of `/proc/self/statm`, in pages: 0 is the virtual size, 1 the resident set. Source: proc(5).
    private static func memoryPages(field: Int) -> Int {
        let fields = contents(of: "/proc/self/statm").split(separator: " ")
        return fields.indices.contains(field) ? Int(fields[field]) ?? 0 : 0
    }

    /// The number of entries of `/proc/self/fd`. Since Linux 6.2 the folder's size tells it; before, it is 0 and they are counted.
    private static func openDescriptors() -> Int {
        var status = stat()
        if stat("/proc/self/fd", &status) == 0 && status.st_size > 0 { return Int(status.st_size) }
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var entries = 0
        while readdir(folder) != nil { entries += 1 }
        return max(0, entries - 3)  // `.`, `..` and the folder itself, which is open while we count
    }

    private static func descriptorLimit() -> Double {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Double(limit.rlim_cur)
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Boot time plus field 22 of `/proc/self/stat`, the start in clock ticks after boot. The process's name (field 2) may hold spaces and
    /// brackets, so fields are counted from its last bracket. Source: proc(5).
    private static func startTimeSeconds() -> Double {
        let afterName = contents(of: "/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let bootLine = contents(of: "/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard afterName.count > 19, let ticks = Double(afterName[19]), let boot = bootLine.flatMap({ Double($0.dropFirst(6)) }) else {
            return 0
        }
        return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func contents(of path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
