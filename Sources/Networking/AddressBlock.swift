internal import Glibc

/// A range of IP addresses in CIDR notation, such as `10.0.0.0/8` or `2001:db8::/32`; an address alone is a range of one.
public struct AddressBlock: Hashable, Sendable {
    private let first: SocketAddress
    /// Of 128 bits: IPv4 stands in its IPv6 form.
    private let prefixLength: Int

    /// Fails when `text` is no address, or sets bits behind its prefix: then it was probably meant otherwise.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = SocketAddress(literal: String(parts[0])) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            guard let number = Int(parts[1]), 0...width ~= number, parts[1].allSatisfy(\.isNumber) else { return nil }
            length = number
        }
        prefixLength = 128 - width + length
        first = address
        guard address.masked(to: prefixLength) == address else { return nil }
    }

    public func contains(_ address: SocketAddress) -> Bool { address.masked(to: prefixLength) == first }
}

extension AddressBlock: CustomStringConvertible {
    public var description: String { "\(first.host)/\(first.isIPv4 ? prefixLength - 96 : prefixLength)" }
}

extension SocketAddress {
    /// An address in numbers, with port 0: `192.0.2.1` or `2001:db8::1`. No name is looked up.
    public init?(literal text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(high: 0, low: Self.mappedPrefix | UInt64(UInt32(bigEndian: v4.s_addr)), port: 0)
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            let (high, low) = withUnsafeBytes(of: v6) {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low), port: 0)
        } else {
            return nil
        }
    }

    /// The address with port 0, and with zeros behind the first `length` of its 128 bits.
    fileprivate func masked(to length: Int) -> SocketAddress {
        // A shift by the whole width gives 0 in Swift.
        let highMask = UInt64.max << UInt64(max(0, 64 - length))
        let lowMask = UInt64.max << UInt64(max(0, 128 - max(64, length)))
        return SocketAddress(high: high & highMask, low: low & lowMask, port: 0)
    }
}
