internal import HTTPServer
internal import Networking

/// Whom we believe when they say for whom they ask: the proxies in front of the service. Without any, the peer of the connection
/// is the caller, whatever it says.
struct TrustedProxies: Sendable {
    let blocks: [AddressBlock]

    /// The address that a request came from.
    ///
    /// Behind a trusted proxy that is the right-most address of `X-Forwarded-For` that is no trusted proxy: each proxy appends
    /// whom it heard from, so what stands further left is hearsay. If the field cannot be read there, the last address that was
    /// vouched for counts.
    func caller(of request: Request) -> SocketAddress {
        caller(peer: request.peer) { request.headers.list(.xForwardedFor) }
    }

    func caller(peer: SocketAddress, forwardedFor: () -> [String]) -> SocketAddress {
        guard isTrusted(peer) else { return peer }
        var caller = peer
        for entry in forwardedFor().reversed() {
            guard let address = Self.address(in: entry) else { break }
            caller = address
            if !isTrusted(address) { break }
        }
        return caller
    }

    private func isTrusted(_ address: SocketAddress) -> Bool { blocks.contains { $0.contains(address) } }

    /// The address of an entry; some proxies append the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    private static func address(in entry: String) -> SocketAddress? {
        if entry.hasPrefix("[") { return SocketAddress(literal: String(entry.dropFirst().prefix { $0 != "]" })) }
        if let address = SocketAddress(literal: entry) { return address }
        return SocketAddress(literal: String(entry.prefix { $0 != ":" }))
    }
}
