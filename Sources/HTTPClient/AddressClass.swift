public import Networking

/// What kind of place an IP address stands for, where that decides whether a URL of somebody else may lead there.
///
/// Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), and the addresses at which clouds answer their guests.
public enum AddressClass: Sendable, Hashable {
    /// A host of the public net. All else is not for strangers.
    case global
    /// "This network" and the unspecified address.
    case unspecified
    case loopback
    case `private`
    case linkLocal
    /// Between customers and a carrier's translator (RFC 6598).
    case carrierGrade
    case multicast
    case documentation
    case benchmarking
    /// Carries an IPv4 address, which a translator or tunnel would take out again: mapped, NAT64, 6to4, Teredo.
    case translated
    /// Set aside for protocols or for later.
    case reserved
    /// Where a cloud tells a guest its secrets, at an address that looks public.
    case metadata

    public init(_ address: SocketAddress) {
        if let entry = Self.registry.first(where: { $0.block.contains(address) }) {
            self = entry.meaning
        } else {
            // Of IPv6 only 2000::/3 has been given out (RFC 4291 §2.4).
            self = address.isIPv4 || Self.globalUnicast.contains(address) ? .global : .reserved
        }
    }

    private static let globalUnicast = block("2000::/3")

    /// The first block that holds an address says what it is.
    private static let registry: [(block: AddressBlock, meaning: AddressClass)] = [
        ("0.0.0.0/8", .unspecified), ("10.0.0.0/8", .private), ("100.64.0.0/10", .carrierGrade), ("127.0.0.0/8", .loopback),
        ("169.254.0.0/16", .linkLocal), ("172.16.0.0/12", .private), ("192.0.0.0/24", .reserved), ("192.0.2.0/24", .documentation),
        ("192.88.99.0/24", .translated), ("192.168.0.0/16", .private), ("198.18.0.0/15", .benchmarking),
        ("198.51.100.0/24", .documentation),
        ("203.0.113.0/24", .documentation), ("224.0.0.0/4", .multicast), ("240.0.0.0/4", .reserved),
        // Azure's platform answers its guests here, whatever their network.
        ("168.63.129.16", .metadata),
        ("::/128", .unspecified), ("::1/128", .loopback), ("64:ff9b::/96", .translated), ("64:ff9b:1::/48", .translated),
        ("2001::/32", .translated), ("2001:2::/48", .benchmarking), ("2001:db8::/32", .documentation), ("2001::/23", .reserved),
        ("2002::/16", .translated), ("3fff::/20", .documentation), ("fc00::/7", .private), ("fe80::/10", .linkLocal),
        ("fec0::/10", .private), ("ff00::/8", .multicast),
    ].map { (block($0), $1) }

    private static func block(_ text: String) -> AddressBlock {
        guard let block = AddressBlock(text) else { preconditionFailure("\(text) is no block of addresses") }
        return block
    }
}
