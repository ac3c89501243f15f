extension BenchOptions {
    /// Takes one option of the command line.
    ///
    /// - Returns: `false` if there is no option of that name.
    /// - Throws: ``BenchFailure`` when the value does not fit the option.
    public mutating func take(_ name: String, _ value: String) throws(BenchFailure) -> Bool {
        switch name {
        case "--pairs": pairs = try Self.count(name, value)
        case "--in-flight": inFlight = try Self.count(name, value)
        case "--rate": rate = try Self.amount(name, value, above: 0)
        case "--clients": clients = try Self.count(name, value)
        case "--sockets": sockets = try Self.count(name, value)
        case "--concurrency": concurrency = try Self.count(name, value)
        case "--size": size = try Self.count(name, value)
        case "--path": path = try Self.path(name, value)
        case "--conversations": conversations = try Self.count(name, value)
        case "--messages": messages = try Self.count(name, value)
        case "--warm-up": warmUp = try Self.amount(name, value, above: -1)
        case "--duration": duration = try Self.amount(name, value, above: 0)
        case "--loops": loops = try Self.count(name, value)
        case "--cpu":
            guard let group = ProcessGroup(argument: value) else {
                throw BenchFailure("\(name) is \"\(value)\": it must look like serve=1234 or postgres=1234,1235")
            }
            groups.append(group)
        default: return false
        }
        return true
    }

    private static func count(_ name: String, _ value: String) throws(BenchFailure) -> Int {
        guard let count = Int(value), (1...1_000_000).contains(count) else {
            throw BenchFailure("\(name) is \"\(value)\": it must be a whole number from 1 to 1000000")
        }
        return count
    }

    private static func amount(_ name: String, _ value: String, above limit: Double) throws(BenchFailure) -> Double {
        guard let amount = Double(value), amount.isFinite, amount >= 0, amount > limit, amount <= 1_000_000 else {
            throw BenchFailure("\(name) is \"\(value)\": it must be a number \(limit < 0 ? "from 0" : "above 0") to 1000000")
        }
        return amount
    }

    private static func path(_ name: String, _ value: String) throws(BenchFailure) -> String {
        guard value.hasPrefix("/"), value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw BenchFailure("\(name) is \"\(value)\": it must begin with a slash")
        }
        return value
    }
}
