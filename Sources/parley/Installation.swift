import Foundation

/// Where the files are that come with the program: `migrations/` and `web/` beside it, or in a folder above it.
enum Installation {
    /// Names the folders that the environment does not name.
    static func complete(_ environment: [String: String]) -> [String: String] {
        var environment = environment
        for (variable, folder) in [("PARLEY_MIGRATIONS", "migrations"), ("PARLEY_WEB", "web")] where environment[variable] == nil {
            environment[variable] = find(folder)
        }
        return environment
    }

    /// How far above the program to look: a build stands at `.build/<platform>/release/parley`.
    private static let levels = 4

    private static func find(_ name: String) -> String? {
        var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<levels {
            let candidate = folder.appending(path: name, directoryHint: .isDirectory)
            if (try? candidate.checkResourceIsReachable()) == true { return candidate.path(percentEncoded: false) }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
