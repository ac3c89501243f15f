/// What the load is to look like. Every scenario looks at the options that mean something to it.
public struct BenchOptions: Equatable, Sendable {
    /// `pairs`: how many senders, each with a receiver.
    public var pairs = 200
    /// `pairs`, closed loop: messages that a sender may have under way before it waits.
    public var inFlight = 1
    /// `pairs`: messages per second of all senders together, on a fixed schedule; `nil` for the closed loop.
    public var rate: Double?
    /// `echo`, `http`, `history`: connections, each with one exchange under way.
    public var clients = 16
    /// `idle`, `storm`: how many sockets.
    public var sockets = 10_000
    /// How many connections are opened at the same time.
    public var concurrency = 64
    /// Bytes of text in a message.
    public var size = 60
    /// `echo`, `http`: what is asked for.
    public var path: String?
    /// `history`, `inbox`, `sync`: how many conversations there are, and messages in each; what each scenario thinks best if it is not said.
    public var conversations: Int?
    public var messages: Int?
    /// Seconds before the measurement begins, and that it lasts.
    public var warmUp = 3.0
    public var duration = 10.0
    /// Event loops of the load generator. It shares the machine with the server.
    public var loops = 1
    /// Server processes whose cost is to be told.
    public var groups: [ProcessGroup] = []

    public init() {}
}

extension BenchOptions {
    /// How many of `count` fall to the lane with the given index.
    func share(_ count: Int, of index: Int, among lanes: Int) -> Int { (count + lanes - 1 - index) / lanes }
}
