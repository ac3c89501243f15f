/// The programs of one PostgreSQL version on this machine.
struct PostgresInstallation {
    /// The folder with `initdb` and `postgres`.
    let binaries: String
    /// The major version.
    let version: Int

    /// - Parameter version: the major version that an existing cluster needs; `nil` takes the newest.
    static func find(version: String?) throws(DevFailure) -> PostgresInstallation {
        let versions = Files.names(in: "/usr/lib/postgresql").compactMap(Int.init).sorted()
        for candidate in versions.reversed() where version == nil || version == String(candidate) {
            let binaries = "/usr/lib/postgresql/\(candidate)/bin"
            if Files.exists("\(binaries)/initdb"), Files.exists("\(binaries)/postgres") {
                return PostgresInstallation(binaries: binaries, version: candidate)
            }
        }
        guard let version else { throw DevFailure("PostgreSQL is not installed: script/setup installs it") }
        throw DevFailure(
            "the cluster was made by PostgreSQL \(version), which is not installed: install postgresql-\(version), or remove the home")
    }
}
