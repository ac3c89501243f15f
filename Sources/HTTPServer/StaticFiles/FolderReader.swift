internal import Glibc

/// Reads a folder with everything below it.
struct FolderReader {
    /// Bytes that may still be read.
    private var budget: Int
    /// Contents by path, such as `css/page.css`.
    private(set) var files: [String: [UInt8]] = [:]

    init(limit: Int) { budget = limit }

    /// - Parameter prefix: how `folder` is called in the paths, empty or with a slash at its end.
    mutating func read(_ folder: String, as prefix: String = "") throws(StaticFilesError) {
        guard let stream = opendir(folder) else { throw StaticFilesError(code: .unreadable, path: folder) }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // Hidden files are not for the world, and names that need escaping in a URL are not for a web page.
            guard !name.hasPrefix("."), name.utf8.allSatisfy(CharacterSet.hostName.contains) else { continue }
            let path = folder + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { throw StaticFilesError(code: .unreadable, path: path) }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try read(path, as: prefix + name + "/")
            case S_IFREG: files[prefix + name] = try contents(of: path, size: Int(status.st_size))
            default: break  // a symbolic link could lead out of the folder
            }
        }
    }

    private mutating func contents(of path: String, size: Int) throws(StaticFilesError) -> [UInt8] {
        budget -= size
        guard budget >= 0 else { throw StaticFilesError(code: .tooLarge, path: path) }
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw StaticFilesError(code: .unreadable, path: path) }
        defer { close(descriptor) }
        var isComplete = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            while count < size {
                let got = Glibc.read(descriptor, memory.baseAddress?.advanced(by: count), size - count)
                guard got > 0 else { return }
                count += got
            }
            isComplete = true
        }
        guard isComplete else { throw StaticFilesError(code: .unreadable, path: path) }
        return bytes
    }
}
