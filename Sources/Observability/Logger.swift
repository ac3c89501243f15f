/// Writes JSON lines. The message is constant, the facts are metadata.
///
/// The logger of the work at hand is the task-local ``current``: middleware adds the request's facts to it with ``with(_:)``, and
/// everything called from there logs them. Ids, sizes and durations are facts; bodies, names and tokens never are.
///
///     Logger.current.info("message delivered", [.conversation: "\(id)", .elapsed: "\(milliseconds)"])
public struct Logger: Sendable {
    /// The logger of the current task; outside of any it is one that writes to standard error from ``Level/info`` up.
    @TaskLocal public static var current = Logger(label: "parley", level: .info, sink: DescriptorLogSink.standardError)

    /// What a logger and all its children share.
    private final class Root: Sendable {
        let label: String
        let level: Level
        let sink: any LogSink
        let clock: @Sendable () -> Timestamp

        init(label: String, level: Level, sink: any LogSink, clock: @escaping @Sendable () -> Timestamp) {
            self.label = label
            self.level = level
            self.sink = sink
            self.clock = clock
        }
    }

    /// The facts that one child adds to those of its parent.
    private final class Facts: Sendable {
        let parent: Facts?
        let own: @Sendable () -> [Key: String]

        init(_ own: @escaping @Sendable () -> [Key: String], parent: Facts?) {
            self.own = own
            self.parent = parent
        }

        /// Adds what `known` does not tell already: the nearest fact of a key wins.
        func complete(_ known: inout [Key: String]) {
            known.merge(own()) { nearest, _ in nearest }
            parent?.complete(&known)
        }
    }

    private let root: Root
    private let facts: Facts?

    /// Which part of the product speaks. Told as `logger` on every line.
    public var label: String { root.label }
    /// Lines below this level are not made.
    public var level: Level { root.level }

    /// - Parameters:
    ///   - level: The lowest level that is written.
    ///   - sink: Where the lines go. It is called on the caller's thread and must not block.
    public init(label: String, level: Level, sink: any LogSink) {
        self.init(label: label, level: level, sink: sink, clock: { .now })
    }

    init(label: String, level: Level, sink: any LogSink, clock: @escaping @Sendable () -> Timestamp) {
        self.init(Root(label: label, level: level, sink: sink, clock: clock), nil)
    }

    private init(_ root: Root, _ facts: Facts?) {
        self.root = root
        self.facts = facts
    }

    /// A child that tells `facts` on every line. A fact given here replaces the parent's of the same key. Each request has a
    /// child and few write a line, so that `facts` is evaluated for each line, and for none without lines.
    public func with(_ facts: @autoclosure @escaping @Sendable () -> [Key: String]) -> Logger {
        Logger(root, Facts(facts, parent: self.facts))
    }

    /// Writes a line if `level` is loud enough; `facts` is evaluated only then. A fact given here replaces the logger's of the same key.
    public func log(_ level: Level, _ message: StaticString, _ facts: @autoclosure () -> [Key: String] = [:]) {
        guard level >= self.level else { return }
        var known = facts()
        self.facts?.complete(&known)
        root.sink.write(LogLine.render(at: root.clock(), level: level, label: label, message: message, facts: known))
    }

    public func trace(_ message: StaticString, _ facts: @autoclosure () -> [Key: String] = [:]) {
        log(.trace, message, facts())
    }

    public func debug(_ message: StaticString, _ facts: @autoclosure () -> [Key: String] = [:]) {
        log(.debug, message, facts())
    }

    public func info(_ message: StaticString, _ facts: @autoclosure () -> [Key: String] = [:]) {
        log(.info, message, facts())
    }

    public func notice(_ message: StaticString, _ facts: @autoclosure () -> [Key: String] = [:]) {
        log(.notice, message, facts())
    }

    public func warning(_ message: StaticString, _ facts: @autoclosure () -> [Key: String] = [:]) {
        log(.warning, message, facts())
    }

    public func error(_ message: StaticString, _ facts: @autoclosure () -> [Key: String] = [:]) {
        log(.error, message, facts())
    }
}

extension Logger {
    /// How much a line matters, from `trace` (only while hunting a fault) to `error` (someone has to act).
    public enum Level: Int, Comparable, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error

        /// The level with that name, in either case (`info`, `WARNING`); `nil` if there is none.
        public init?(_ name: String) {
            let name = name.lowercased()
            guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = level
        }

        /// The name on the line: the case's own.
        public var name: String { "\(self)" }

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// The name of a fact. Each is declared once; a unit is part of the name.
    ///
    ///     extension Logger.Key { static let elapsed: Self = "elapsed_ms" }
    public struct Key: Hashable, Sendable, ExpressibleByStringLiteral {
        public let name: String

        public init(stringLiteral name: StaticString) {
            self.name = "\(name)"
            assert(!LogLine.reserved.contains(self.name), "\(name) is a member that every line has")
        }
    }
}
