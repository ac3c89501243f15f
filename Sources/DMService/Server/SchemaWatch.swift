internal import Observability
internal import Postgres
internal import Runtime
internal import Synchronization

/// Looks at start whether the database has the schema that this program needs, and again until it has.
final class SchemaWatch: Service, Sendable {
    enum State: UInt8 {
        /// The database has not been asked yet.
        case unknown
        /// `parley migrate` has not run.
        case missing
        case ready
    }

    private let configuration: PostgresConfiguration
    private let loop: EventLoop
    private let migrations: String
    private let current = Atomic(State.unknown.rawValue)

    /// How long to wait before the next look.
    private static let pause = Duration.milliseconds(500)

    init(_ configuration: PostgresConfiguration, on loop: EventLoop, migrations: String) {
        self.configuration = configuration
        self.loop = loop
        self.migrations = migrations
    }

    var state: State { State(rawValue: current.load(ordering: .relaxed)) ?? .unknown }

    func run() async throws {
        while state != .ready {
            await look()
            if state != .ready { try await Task.sleep(for: Self.pause) }
        }
        while true { try await Task.sleep(for: .seconds(3600)) }  // a service that ends ends the process
    }

    private func look() async {
        do {
            let status = try await Migrator(configuration, on: loop, directory: migrations).status()
            // A database that is ahead of the program serves it: migrations keep what the version before needs.
            let missing =
                status.migrations.filter { $0.state == .pending }.map(\.name)
                + status.functions.filter { $0.state == .pending }.map { "functions/\($0.name)" }
            if missing.isEmpty {
                become(.ready)
                warn(of: status.functions.filter { $0.state == .changed })
            } else if become(.missing) {
                Logger.current.error(
                    "the database lacks migrations: run parley migrate", [.migrations: missing.joined(separator: ", ")])
            }
        } catch let error as MigrationError {
            // Serving needs the schema, not the files that tell of it.
            become(.ready)
            Logger.current.warning("the schema cannot be compared with its migrations", [.reason: error.description])
        } catch {
            // No database yet: the pools say so.
        }
    }

    /// Of functions that are others than this program's nobody can tell whether they are older or newer. What needs newer ones comes with a
    /// migration, so this is no reason not to serve.
    private func warn(of changed: [FunctionStatus]) {
        guard !changed.isEmpty else { return }
        let names = changed.map { "functions/\($0.name)" }.joined(separator: ", ")
        Logger.current.error(
            "the database has another version of these functions: run parley migrate, unless a newer program is being deployed",
            [.migrations: names])
    }

    /// Answers whether it was news.
    @discardableResult
    private func become(_ state: State) -> Bool { current.exchange(state.rawValue, ordering: .relaxed) != state.rawValue }
}

extension Logger.Key {
    fileprivate static let migrations: Self = "migrations"
    fileprivate static let reason: Self = "reason"
}
