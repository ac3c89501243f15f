internal import Glibc
internal import Runtime

/// Looks host names up before libpq would do it: libpq blocks meanwhile, and with it everybody on the loop.
struct HostLookup {
    private static let threads = BlockingPool(name: "postgres-names", threads: 2, queueLimit: 256)

    /// Hosts, addresses and ports of the addresses to try, each a list as libpq takes them: `a,b`.
    private var hosts: [String] = []
    private var addresses: [String] = []
    private var ports: [String] = []

    /// The keywords that replace `host`, `hostaddr` and `port`; empty when nothing has to be looked up.
    static func keywords(for given: [String: String]) async throws(PostgresError) -> [String: String] {
        guard given["hostaddr"] == nil, let host = given["host"] ?? environment("PGHOST") else { return [:] }
        let names = host.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.contains(where: needsLookup) else { return [:] }
        let ports = (given["port"] ?? environment("PGPORT") ?? "5432").split(separator: ",").map(String.init)
        do {
            return try await threads.run { try HostLookup(names, ports: ports).keywords }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.connectionLost, explanation: "no thread is free to look up the host name")
        }
    }

    /// One entry for each address, so that libpq tries them in turn. Called on a thread that may block.
    private init(_ names: [String], ports given: [String]) throws(PostgresError) {
        for (index, name) in names.enumerated() {
            for address in Self.needsLookup(name) ? try Self.addresses(of: name) : [""] {
                hosts.append(name)
                addresses.append(address)
                ports.append(given.count == 1 ? given[0] : index < given.count ? given[index] : "")
            }
        }
    }

    private var keywords: [String: String] {
        [
            "host": hosts.joined(separator: ","), "hostaddr": addresses.joined(separator: ","),
            "port": ports.joined(separator: ","),
        ]
    }

    /// Whether it is a name: not the folder of a Unix socket, not an address already.
    private static func needsLookup(_ host: String) -> Bool {
        guard !host.isEmpty, !host.hasPrefix("/"), !host.hasPrefix("@") else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) != 1 && inet_pton(AF_INET6, host, &address) != 1
    }

    private static func addresses(of name: String) throws(PostgresError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &hints, &list)
        guard status == 0, let first = list else {
            throw PostgresError(.connectionLost, explanation: "\(name): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0.pointee.ai_next }).compactMap { entry in
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            return status == 0 ? text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } : nil
        }
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
