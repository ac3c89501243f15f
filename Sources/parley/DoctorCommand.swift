import DMService
import Foundation

/// `parley doctor`: looks at everything that an operator would, and says what to do about what is wrong.
struct DoctorCommand {
    let environment: [String: String]

    /// - Returns: the exit code: 0 when nothing is wrong.
    func run() async -> Int32 {
        let configuration: Configuration
        do {
            configuration = try Command.configuration(environment)
            report(true, "configuration", "\(configuration.stage.rawValue), port \(configuration.port)")
        } catch {
            report(false, "configuration", error.description)
            return 1
        }
        for finding in configuration.findings { report(finding.isGood, finding.subject, finding.words) }
        var isHealthy = files(configuration)
        do {
            for finding in try await Workshop.run(configuration, { try await $0.examine() }) {
                report(finding.isGood, finding.subject, finding.words)
                isHealthy = isHealthy && finding.isGood
            }
        } catch {
            report(false, "database", "cannot be asked: \(error). Check DATABASE_URL, and whether PostgreSQL runs.")
            isHealthy = false
        }
        return isHealthy ? 0 : 1
    }

    private func files(_ configuration: Configuration) -> Bool {
        var isGood = true
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let hasDescriptors = limit.rlim_max >= 10_000
        report(
            hasDescriptors, "file descriptors",
            "\(limit.rlim_max) may be open"
                + (hasDescriptors ? "" : ": each socket takes one. Raise the limit (LimitNOFILE= in a systemd unit)."))
        isGood = isGood && hasDescriptors
        if let tls = configuration.tls {
            for path in [tls.certificateChain, tls.privateKey] where !FileManager.default.isReadableFile(atPath: path) {
                report(false, "TLS", "\(path) cannot be read. Name a PEM file that this user may read.")
                isGood = false
            }
        }
        if configuration.webFolder == nil { report(true, "pages", "there is no web folder: the API alone is served") }
        return isGood
    }

    private func report(_ isGood: Bool, _ subject: String, _ words: String) {
        print("\(isGood ? "ok  " : "BAD ") \(subject): \(words)")
    }
}
