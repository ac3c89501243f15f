internal import Glibc

/// An IP address and a port. IPv4 stands in its IPv6 form (RFC 4291 §2.5.5.2), so that one kind serves for both.
public struct SocketAddress: Hashable, Sendable {
    /// The sixteen bytes of the address, in network order.
    let high: UInt64
    let low: UInt64
    public let port: UInt16

    static let mappedPrefix: UInt64 = 0x0000_ffff_0000_0000

    public var isIPv4: Bool { high == 0 && low & 0xffff_ffff_0000_0000 == Self.mappedPrefix }

    /// What one customer of the net holds, as an address with port 0: an IPv4 address whole, of an IPv6 address the /64.
    public var network: SocketAddress { SocketAddress(high: high, low: isIPv4 ? low : 0, port: 0) }

    init(high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
    }

    /// The address without the port, as text (RFC 5952 for IPv6).
    public var host: String {
        var bytes: [UInt8] = (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
        let source = isIPv4 ? Array(bytes[12...]) : bytes
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(isIPv4 ? AF_INET : AF_INET6, source, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The addresses that `host` stands for, in the resolver's order. Blocks: not for event loops.
    ///
    /// - Throws: ``NetworkError`` with `.unresolvable`.
    public static func resolve(host: String, port: UInt16) throws(NetworkError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { throw NetworkError(.unresolvable) }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let pointer = info.ai_addr, let address = SocketAddress(pointer: pointer) { found.append(address) }
            entry = info.ai_next
        }
        guard !found.isEmpty else { throw NetworkError(.unresolvable) }
        return found
    }

    init?(_ storage: sockaddr_storage) {
        let address = withUnsafePointer(to: storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress(pointer: $0) }
        }
        guard let address else { return nil }
        self = address
    }

    private init?(pointer: UnsafePointer<sockaddr>) {
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET:
            let v4 = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self)
            high = 0
            low = Self.mappedPrefix | UInt64(UInt32(bigEndian: v4.sin_addr.s_addr))
            port = UInt16(bigEndian: v4.sin_port)
        case AF_INET6:
            let v6 = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in6.self)
            (high, low) = withUnsafeBytes(of: v6.sin6_addr) {
                (
                    UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            port = UInt16(bigEndian: v6.sin6_port)
        default: return nil
        }
    }

    /// The family for `socket(2)`.
    var family: Int32 { isIPv4 ? AF_INET : AF_INET6 }

    /// Lends the address in the kernel's form.
    func withSockaddr<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        if isIPv4 {
            var v4 = sockaddr_in()
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            v4.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
            return Self.lend(&v4, body)
        }
        var v6 = sockaddr_in6()
        v6.sin6_family = sa_family_t(AF_INET6)
        v6.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &v6.sin6_addr) {
            $0.storeBytes(of: high.bigEndian, as: UInt64.self)
            $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return Self.lend(&v6, body)
    }

    private static func lend<Kernel, Value>(_ address: inout Kernel, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Kernel>.size)) }
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    public var description: String { isIPv4 ? "\(host):\(port)" : "[\(host)]:\(port)" }
}
