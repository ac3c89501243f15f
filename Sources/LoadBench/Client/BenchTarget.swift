internal import Networking
internal import Runtime

/// The server under load, as a base URL names it.
public struct BenchTarget: Sendable {
    /// For the `Host` field: name and port.
    let authority: String
    let address: SocketAddress
    let tls: (context: TLSContext, host: String)?

    /// - Parameters:
    ///   - url: `http://host:port` or `https://host:port`, without a path.
    ///   - authority: path of a PEM file with the certificate to trust, for `https`; anyone is trusted without it.
    /// - Throws: ``BenchFailure`` when the URL cannot be understood or the host is unknown. Asks the resolver, so it may block.
    public init(url: String, certificateAuthority: String? = nil) throws(BenchFailure) {
        guard let (scheme, host, port) = Self.parts(of: url) else {
            throw BenchFailure("\"\(url)\" is no base URL: it must look like http://127.0.0.1:8080")
        }
        do {
            let addresses = try SocketAddress.resolve(host: host, port: port)
            address = addresses[0]
        } catch {
            throw BenchFailure("no address is known for \"\(host)\"")
        }
        do {
            let context = try scheme == "https" ? Self.trust(certificateAuthority) : nil
            tls = context.map { ($0, host) }
        } catch {
            throw BenchFailure("the certificates to trust cannot be used: \(error.reason)")
        }
        self.authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Connects. Call it on `loop`, where the connection will belong.
    ///
    /// - Throws: ``BenchFailure`` when the server cannot be reached.
    func connect(on loop: EventLoop, handler: any ConnectionHandler & Sendable) async throws(BenchFailure) -> TCPConnection {
        do {
            return try await TCPConnection.connect(to: address, tls: tls, on: loop, handler: handler)
        } catch {
            let errno = (error as? NetworkError)?.errno ?? 0
            throw BenchFailure("cannot connect to \(authority)\(errno == 0 ? "" : " (errno \(errno))")")
        }
    }

    private static func trust(_ authority: String?) throws(TLSConfigurationError) -> TLSContext {
        if let authority { try .client(authority: authority) } else { try .unverifiedClient() }
    }

    /// Splits a base URL. IPv6 addresses stand in brackets.
    static func parts(of url: String) -> (scheme: String, host: String, port: UInt16)? {
        guard let separator = url.firstRange(of: "://") else { return nil }
        let scheme = String(url[..<separator.lowerBound])
        guard let defaultPort: UInt16 = ["http": 80, "https": 443][scheme] else { return nil }
        var rest = url[separator.upperBound...]
        if rest.last == "/" { rest.removeLast() }
        guard !rest.isEmpty, !rest.contains("/"), !rest.contains("@") else { return nil }
        let hostEnd = rest.lastIndex(of: "]").map(rest.index(after:)) ?? rest.firstIndex(of: ":") ?? rest.endIndex
        let host = rest[..<hostEnd].filter { $0 != "[" && $0 != "]" }
        guard !host.isEmpty else { return nil }
        if hostEnd == rest.endIndex { return (scheme, host, defaultPort) }
        guard rest[hostEnd] == ":", let port = UInt16(rest[rest.index(after: hostEnd)...]) else { return nil }
        return (scheme, host, port)
    }
}
