/// The files of one folder, read into memory once, at start. Nothing outside of the folder can be named, and nothing
/// is read from the disk for a request.
public struct StaticFiles: Sendable {
    private let files: [(path: String, file: StaticFile)]

    /// Reads the folder. Names that begin with a dot or hold other characters than letters, digits, `.`, `_` and `-`,
    /// and symbolic links, are left out.
    ///
    /// - Throws: ``StaticFilesError`` when a file cannot be read or all together are larger than `limit` bytes.
    public init(folder: String, limit: Int = 64 << 20) throws(StaticFilesError) {
        var reader = FolderReader(limit: limit)
        try reader.read(folder)
        files = reader.files.sorted { $0.key < $1.key }.map { ($0.key, StaticFile(name: $0.key, bytes: $0.value)) }
    }

    /// One GET route for each file, with `ETag`, `Cache-Control` and, for text, a compressed form; `index.html` also
    /// answers for its folder, with or without a slash at the end.
    ///
    /// - Parameter headers: fields for every file, such as `Content-Security-Policy`.
    public func routes(cacheControl: HeaderValue = "no-cache", headers: [HeaderField] = []) -> [Route<AnonymousContext>] {
        let fields = headers + [HeaderField(.cacheControl, cacheControl)]
        return files.flatMap { path, file in
            var paths = ["/" + path]
            if path.split(separator: "/").last == "index.html" { paths += Self.folderPaths(of: path) }
            return paths.map { path in
                Route(file: RoutePath(stringLiteral: path)) { request, _ in file.response(to: request.head, fields) }
            }
        }
    }
}

extension StaticFiles {
    /// `/docs/` and `/docs` for `docs/index.html`; `/` alone for that of the folder itself.
    private static func folderPaths(of page: String) -> [String] {
        let folder = "/" + page.dropLast("index.html".count)
        return folder == "/" ? [folder] : [folder, String(folder.dropLast())]
    }
}

/// The folder cannot be served.
public struct StaticFilesError: Error, Sendable, Equatable {
    public enum Code: Sendable { case unreadable, tooLarge }
    public let code: Code
    public let path: String
}

extension Route<AnonymousContext> {
    fileprivate init(file path: RoutePath, handler: @escaping Handler<AnonymousContext>) {
        self.init(
            method: .get, path: path, summary: "A file.", query: [], input: nil, output: nil, statuses: [200, 304], errors: [],
            limit: nil, body: .collected(upTo: 0), knowsRepetitions: false, handler: handler)
    }
}
