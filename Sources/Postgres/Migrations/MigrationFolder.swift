internal import Glibc

/// Reads migrations from the files of a folder. Blocks; called by commands, not by the server at work.
enum MigrationFolder {
    /// All migrations, in order of their versions.
    static func read(_ path: String) throws(MigrationError) -> [Migration] {
        var halves: [String: (up: String?, down: String?)] = [:]
        for file in try files(in: path) where file.hasSuffix(".sql") {
            guard let (name, isUp) = parts(of: file) else { throw .misnamed(file: file) }
            let text = try contents(of: "\(path)/\(file)")
            if isUp { halves[name, default: (nil, nil)].up = text } else { halves[name, default: (nil, nil)].down = text }
        }
        var migrations: [Migration] = []
        for (name, half) in halves {
            guard let up = half.up, let down = half.down, let version = version(of: name) else { throw .incomplete(name: name) }
            migrations.append(Migration(version: version, name: name, up: up, down: down))
        }
        migrations.sort { $0.version < $1.version }
        for (one, next) in zip(migrations, migrations.dropFirst()) where one.version == next.version {
            throw .duplicate(version: one.version)
        }
        return migrations
    }

    /// The files of functions in the folder beside the migrations, by name; none where there is no such folder.
    static func functions(_ path: String) throws(MigrationError) -> [FunctionFile] {
        let folder = "\(path)/functions"
        guard access(folder, F_OK) == 0 else { return [] }
        var functions: [FunctionFile] = []
        for file in try files(in: folder).sorted() where file.hasSuffix(".sql") {
            functions.append(FunctionFile(name: file, source: try contents(of: "\(folder)/\(file)")))
        }
        return functions
    }

    /// `0007_reactions.up.sql` is `0007_reactions` and up.
    private static func parts(of file: String) -> (name: String, isUp: Bool)? {
        for (suffix, isUp) in [(".up.sql", true), (".down.sql", false)] where file.hasSuffix(suffix) {
            let name = String(file.dropLast(suffix.count))
            return version(of: name) == nil ? nil : (name, isUp)
        }
        return nil
    }

    private static func version(of name: String) -> Int64? {
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        let rest = name.dropFirst(digits.count)
        return digits.count >= 4 && rest.first == "_" && rest.count > 1 ? Int64(digits) : nil
    }

    private static func files(in path: String) throws(MigrationError) -> [String] {
        guard let folder = opendir(path) else { throw .unreadable(path: path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // `d_name` is declared longer than the entry may be: go by its address, not by a copy of it.
            let name = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
            names.append(String(cString: name.assumingMemoryBound(to: CChar.self)))
        }
        return names
    }

    private static func contents(of path: String) throws(MigrationError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unreadable(path: path) }
        return text
    }
}
