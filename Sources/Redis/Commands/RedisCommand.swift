internal import CHiredis

/// A command and its arguments, as it may be sent any number of times.
///
///     RedisCommand("SET", key, value, "PX", 60_000)
public struct RedisCommand: Sendable {
    /// Name and arguments, one behind the other.
    private var bytes: [UInt8] = []
    /// Where each of them ends.
    private var ends: [Int] = []
    private let key: [UInt8]?

    /// - Parameter key: decides which node of a cluster is asked. Without one the first argument does, which is the key of most
    ///   commands and the channel of `SPUBLISH`; if that was wrong, the node asked first names the right one.
    public init(_ name: String, _ arguments: any RedisArgument..., routedBy key: String? = nil) {
        self.init(name, arguments: arguments, routedBy: key)
    }

    /// As ``init(_:_:routedBy:)``, for a list.
    public init(_ name: String, arguments: [any RedisArgument], routedBy key: String? = nil) {
        self.key = key.map { Array($0.utf8) }
        ends.reserveCapacity(1 + arguments.count)
        append(name)
        for argument in arguments { append(argument) }
    }

    /// Adds an argument at the end.
    public mutating func append(_ argument: some RedisArgument) {
        argument.append(to: &bytes)
        ends.append(bytes.count)
    }

    /// Bytes of all arguments together.
    var size: Int { bytes.count }

    /// The hash slot of the key that decides where it goes; `nil` if it has none, such as `PING`.
    var slot: HashSlot? {
        if let key { return HashSlot(of: key) }
        return ends.count > 1 ? HashSlot(of: bytes[ends[0]..<ends[1]]) : nil
    }

    /// Writes the command in Redis' form (RESP: an array of bulk strings) behind what is in `output`.
    func write(to output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: ends.count) { starts in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: ends.count) { lengths in
                bytes.withUnsafeBytes { bytes in
                    let text = bytes.bindMemory(to: CChar.self)
                    var start = 0
                    for (index, end) in ends.enumerated() {
                        // A command of empty arguments has no bytes at all; hiredis copies none of them then.
                        starts.initializeElement(at: index, to: text.baseAddress.map { $0 + start })
                        lengths.initializeElement(at: index, to: end - start)
                        start = end
                    }
                }
                var target: UnsafeMutablePointer<CChar>?
                let count = redisFormatCommandArgv(&target, Int32(ends.count), starts.baseAddress, lengths.baseAddress)
                precondition(count > 0, "no memory for a command")
                output.append(contentsOf: UnsafeRawBufferPointer(start: target, count: Int(count)))
                redisFreeCommand(target)
            }
        }
    }
}
