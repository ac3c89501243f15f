import Crypto
import Glibc

/// Inputs that are kept between runs: one file each, in a folder for each parser.
struct Corpus {
    private let folder: String

    init(folder: String, parser: String) {
        self.folder = "\(folder)/\(parser)"
        mkdir(folder, 0o755)
        mkdir(self.folder, 0o755)
    }

    /// All inputs, in the order of their names.
    func load() -> [[UInt8]] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().compactMap { Self.read("\(folder)/\($0)") }
    }

    func save(_ input: [UInt8]) {
        let name = Hex.encode(SHA256.digest(of: input).bytes.prefix(8))
        guard let file = fopen("\(folder)/\(name)", "wx") else { return }  // it is there already
        fwrite(input, 1, input.count, file)
        fclose(file)
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        return Array(FileBytes(file))
    }
}

/// The bytes of an open file.
private struct FileBytes: Sequence, IteratorProtocol {
    private let file: UnsafeMutablePointer<FILE>

    init(_ file: UnsafeMutablePointer<FILE>) { self.file = file }

    mutating func next() -> UInt8? { UInt8(exactly: getc(file)) }
}
