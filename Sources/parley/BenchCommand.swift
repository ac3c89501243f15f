import LoadBench

/// `parley bench`: puts a load on a running service and prints what it measured.
///
/// The service must run with `PARLEY_LIMITS=off`, or most of the load is refused; `Benchmarks/run.sh` starts one that does.
struct BenchCommand {
    private let scenario: ScenarioName
    private let url: String
    private let readers: String?
    private let authority: String?
    private let reportPath: String?
    private let options: BenchOptions

    static var usage: String {
        let scenarios = ScenarioName.allCases.map { "  \($0.rawValue)".padded(to: 11) + $0.summary }.joined(separator: "\n")
        return """
            usage: parley bench SCENARIO [--url URL] [--cpu NAME=PID[,PID…]]… [--json FILE] [option value]…

            \(scenarios)

              --url URL          the service under load, http://127.0.0.1:PARLEY_PORT; https with --trust FILE for its certificate
              --readers URL      pairs: another node of it, to which the readers connect
              --cpu NAME=PID     tells what the process and its children cost; give it once for each of serve, postgres, …
              --json FILE        writes the report as JSON too
              --warm-up S (3)    --duration S (10)    --loops N (1, of the load generator)    --concurrency N (64, connecting)
              --pairs N (200)    --in-flight N (1)    --rate PER_SECOND    --size BYTES (60)
              --clients N (16)   --path PATH          --sockets N (10000)
              --conversations N  --messages N: 1 × 10000 for history, 1000 × 3 for inbox, 100 × 10 for sync

            Exit code 1 when anything was lost, doubled, out of order or refused.
            """
    }

    /// - Throws: ``BenchFailure`` naming the argument that is wrong.
    init(arguments: [String], environment: [String: String]) throws(BenchFailure) {
        guard let name = arguments.first, let scenario = ScenarioName(rawValue: name) else { throw BenchFailure(Self.usage) }
        var url = "http://127.0.0.1:\(environment["PARLEY_PORT"] ?? "8080")"
        var readers: String?
        var authority: String?
        var reportPath: String?
        var options = BenchOptions()
        var rest = arguments.dropFirst()
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchFailure("\(option) has no value\n\n\(Self.usage)") }
            switch option {
            case "--url": url = value
            case "--readers": readers = value
            case "--trust": authority = value
            case "--json": reportPath = value
            default:
                guard try options.take(option, value) else { throw BenchFailure("there is no option \(option)\n\n\(Self.usage)") }
            }
        }
        self.scenario = scenario
        self.url = url
        self.readers = readers
        self.authority = authority
        self.reportPath = reportPath
        self.options = options
    }

    /// Runs the load.
    ///
    /// - Parameter provision: makes sure that the service knows the people and conversations that the load needs.
    /// - Returns: the exit code: 0 if nothing went wrong, 1 if something did, 2 if there was no load at all.
    func run(provision: (BenchNeeds) async throws -> BenchWorld) async -> Int32 {
        do {
            let target = try BenchTarget(url: url, certificateAuthority: authority)
            let readers = try readers.map { url throws(BenchFailure) in try BenchTarget(url: url, certificateAuthority: authority) }
            let report = try await LoadBench.run(scenario, on: target, readers: readers, options: options, provision: provision)
            print(report.table)
            if let reportPath { try Files.write(report.json + "\n", to: reportPath, mode: 0o644) }
            return report.isFlawless ? 0 : 1
        } catch let failure as BenchFailure {
            print("parley bench: \(failure.explanation)")
        } catch let failure as DevFailure {
            print("parley bench: \(failure.explanation)")
        } catch {
            print("parley bench: \(error)")
        }
        return 2
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
