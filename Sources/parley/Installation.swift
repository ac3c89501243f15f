import Foundation

/// Where the files are that come with the program: `migrations/` and `web/` beside it, or in a folder above it.
enum Installation {
    /// The settings that name the folders, for where nobody has set them.
    static var settings: [String: String] {
        ["PARLEY_MIGRATIONS": "migrations", "PARLEY_WEB": "web"].compactMapValues(find)
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
