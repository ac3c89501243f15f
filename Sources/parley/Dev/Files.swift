import Glibc

/// The few things the development service does with files.
enum Files {
    /// Makes a folder and the ones above it, where they are missing.
    static func makeFolder(_ path: String, mode: mode_t = 0o755) throws(DevFailure) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        guard errno == ENOENT, !parent.isEmpty else { throw failure("the folder \(path) cannot be made") }
        try makeFolder((path.hasPrefix("/") ? "/" : "") + parent)
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure("the folder \(path) cannot be made") }
    }

    /// The text of a file, or `nil` if there is none that we may read.
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
            }
            if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk
        }
    }

    /// Writes a file whole: whoever reads it finds the text of before or this one, never a part.
    static func write(_ text: String, to path: String, mode: mode_t = 0o600, owner: SystemUser? = nil) throws(DevFailure) {
        let draft = "\(path).\(getpid())"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("\(path) cannot be written") }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes = bytes.dropFirst(count)
        }
        if let owner { fchown(descriptor, owner.user, owner.group) }
        guard close(descriptor) == 0, bytes.isEmpty, rename(draft, path) == 0 else {
            throw failure("\(path) cannot be written")
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The path without symbolic links, or `nil` if nothing is there.
    static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Names in a folder, sorted; none if there is no such folder.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// A failure with the reason that the last system call gave.
    static func failure(_ what: String) -> DevFailure {
        DevFailure("\(what): \(String(cString: strerror(errno)))")
    }
}
