internal import Foundation

/// A certificate that signs itself, made by the openssl command, in a folder of its own.
public struct TestCertificate: Sendable {
    private let folder: URL
    public var chain: String { folder.appending(path: "chain.pem").path() }
    public var key: String { folder.appending(path: "key.pem").path() }

    /// Making it went wrong.
    public struct Failure: Error {
        public let exitCode: Int32
    }

    /// - Parameter names: whose it is, as `subjectAltName` has it.
    public init(for names: String = "DNS:localhost") throws {
        folder = URL.temporaryDirectory.appending(path: "parley-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", chain,
        ]
        let exitCode = try TestProgram.run("/usr/bin/openssl", arguments)
        guard exitCode == 0 else { throw Failure(exitCode: exitCode) }
    }

    public func remove() { try? FileManager.default.removeItem(at: folder) }
}
