import DMService
import Foundation
import LoadBench
import Observability

/// The subcommands of `parley`, but for `dev`.
enum Command {
    static let usage = """
        usage: parley COMMAND

          serve                     serves until SIGTERM, then finishes what is under way
          migrate [status]          brings the database's schema up to date, or says where it stands
          migrate down VERSION      takes back the migrations above that one, with the data that they brought
          doctor                    checks the configuration, the database and the machine
          doctor --after-restore    the same, and tells devices to begin anew: run it when the database was restored, promoted or moved
          bench SCENARIO …          puts a load on a running service (parley bench help)
          dev                       a private PostgreSQL, two people and the service: for development
          seed                      makes the two people of development
          version                   says which version this is

        Configuration comes from the environment, or from the file that PARLEY_CONFIG names; docs/operations.md lists it.
        """

    static let version = "0.1.0"

    /// - Returns: the exit code: 0 for success, 1 for a failure, 2 for a command that is not understood.
    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        let rest = Array(arguments.dropFirst())
        do {
            switch (arguments.first, rest) {
            case ("serve", []): try await serve(environment)
            case ("migrate", []): try await migrate(environment)
            case ("migrate", ["status"]): return try await migrationStatus(environment)
            case ("migrate", let rest) where rest.count == 2 && rest[0] == "down":
                guard let version = Int64(rest[1]), version >= 0 else { return misunderstood() }
                try await takeBack(to: version, environment)
            case ("seed", []): try await seed(environment)
            case ("doctor", []): return await DoctorCommand(environment: environment).run()
            case ("doctor", ["--after-restore"]): return try await afterRestore(environment)
            case ("bench", _): return await bench(rest, environment)
            case ("version", []): print("parley \(version)")
            case ("help", _), ("--help", _), ("-h", _): print(usage)
            default: return misunderstood()
            }
            return 0
        } catch {
            complain("parley \(arguments.first ?? ""): \(explain(error))")
            return 1
        }
    }

    private static func misunderstood() -> Int32 {
        complain(usage)
        return 2
    }

    static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    static func configuration(_ environment: [String: String]) throws(ConfigurationError) -> Configuration {
        try Configuration(environment: environment, found: Installation.settings) { try String(contentsOfFile: $0, encoding: .utf8) }
    }

    private static func explain(_ error: any Error) -> String {
        (error as? DevFailure)?.explanation ?? "\(error)"
    }

    // MARK: Subcommands

    private static func serve(_ environment: [String: String]) async throws {
        let configuration = try configuration(environment)
        let logger = Logger(label: "serve", level: configuration.logLevel, sink: DescriptorLogSink.standardError)
        defer { DescriptorLogSink.standardError.flush(timeout: .seconds(1)) }
        try await Logger.$current.withValue(logger) {
            try await Server(configuration, demo: DemoPerson.everyone).run()
        }
    }

    private static func migrate(_ environment: [String: String]) async throws {
        let applied = try await Workshop.run(configuration(environment)) { try await $0.migrate() }
        print(applied.isEmpty ? "the schema is up to date" : "applied: \(applied.joined(separator: ", "))")
    }

    private static func takeBack(to version: Int64, _ environment: [String: String]) async throws {
        let names = try await Workshop.run(configuration(environment)) { try await $0.migrate(downTo: version) }
        print(names.isEmpty ? "there is nothing above \(version)" : "taken back: \(names.joined(separator: ", "))")
    }

    private static func migrationStatus(_ environment: [String: String]) async throws -> Int32 {
        let problems = try await Workshop.run(configuration(environment)) { try await $0.schemaProblems() }
        print(problems.isEmpty ? "the schema is up to date" : problems.joined(separator: "\n"))
        return problems.isEmpty ? 0 : 1
    }

    private static func seed(_ environment: [String: String]) async throws {
        let configuration = try configuration(environment)
        guard configuration.stage != .production else { throw DevFailure("PARLEY_ENV is production: its people register themselves") }
        try await Workshop.run(configuration) { try await $0.seed(DemoPerson.everyone) }
    }

    private static func afterRestore(_ environment: [String: String]) async throws -> Int32 {
        try await Workshop.run(configuration(environment)) { try await $0.beginGeneration() }
        print("devices that come back read a snapshot from now on")
        return await DoctorCommand(environment: environment).run()
    }

    private static func bench(_ arguments: [String], _ environment: [String: String]) async -> Int32 {
        do throws(BenchFailure) {
            let command = try BenchCommand(arguments: arguments, environment: environment)
            return await command.run { needs in
                guard needs.people > 0 else { return BenchWorld() }
                let crowd = try await Workshop.run(configuration(environment)) {
                    try await $0.crowd(
                        people: needs.people, pairs: needs.conversations, isStar: needs.isStar, messages: needs.messagesPerConversation)
                }
                return BenchWorld(
                    people: crowd.people.map { BenchPerson(userID: $0.userID, token: $0.accessToken) },
                    conversations: crowd.conversationIDs.enumerated().map { index, id in
                        BenchConversation(id: id, first: needs.isStar ? 0 : index * 2, second: needs.isStar ? index + 1 : index * 2 + 1)
                    })
            }
        } catch {
            complain(error.explanation)
            return 2
        }
    }
}
