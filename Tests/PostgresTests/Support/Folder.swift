import Glibc
import Postgres
import Runtime
import Testing

/// A folder that is there for one test.
struct Folder {
    let path: String

    /// Runs `body` with a folder of `files`, a way to read it anew, and a schema of its own.
    static func inSchema(
        _ files: [String: String], _ body: (_ migrator: () throws -> Migrator, Folder, PostgresConfiguration) async throws -> Void
    ) async throws {
        let folder = try Folder()
        defer { folder.removeAll() }
        for (name, text) in files { try folder.write(name, text) }
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        try await TestDatabase.useSchema { configuration in
            try await body({ try Migrator(configuration, on: group.loops[0], directory: folder.path) }, folder, configuration)
        }
    }

    init() throws {
        var template = Array("/tmp/parley-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func write(_ name: String, _ text: String) throws {
        if let slash = name.lastIndex(of: "/") { mkdir("\(path)/\(name[..<slash])", 0o700) }
        let file = try #require(fopen("\(path)/\(name)", "w"))
        fputs(text, file)
        fclose(file)
    }

    func remove(_ names: String...) throws {
        for name in names { unlink("\(path)/\(name)") }
    }

    func removeAll() { Self.removeAll(path) }

    private static func removeAll(_ path: String) {
        guard let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            let name = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
            let text = String(cString: name.assumingMemoryBound(to: CChar.self))
            guard text != ".", text != ".." else { continue }
            if unlink("\(path)/\(text)") != 0 { removeAll("\(path)/\(text)") }
        }
        closedir(folder)
        rmdir(path)
    }
}
