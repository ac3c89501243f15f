public import Networking

/// Where a client may go. What it says of addresses is asked for each socket, after names were looked up: neither an odd spelling of an
/// address nor a name that answers differently the second time gets round it.
public struct DestinationPolicy: Sendable {
    /// Whether plain `http` will do, too.
    public var allowsPlainHTTP: Bool
    /// The ports that may be asked; `nil` for any.
    public var ports: Set<UInt16>?
    /// Whether only addresses of the public net will do (``AddressClass/global``), and those of ``allowedBlocks``.
    public var isPublicOnly: Bool
    /// Addresses that may be asked although they are not public: the operator's own network.
    public var allowedBlocks: [AddressBlock]

    public init(allowsPlainHTTP: Bool, ports: Set<UInt16>?, isPublicOnly: Bool, allowedBlocks: [AddressBlock] = []) {
        self.allowsPlainHTTP = allowsPlainHTTP
        self.ports = ports
        self.isPublicOnly = isPublicOnly
        self.allowedBlocks = allowedBlocks
    }

    /// For URLs that others supply: `https` on its own port, to the public net.
    public static let strangers = DestinationPolicy(allowsPlainHTTP: false, ports: [443], isPublicOnly: true)
    /// For URLs that the operator chose: anything.
    public static let operators = DestinationPolicy(allowsPlainHTTP: true, ports: nil, isPublicOnly: false)

    /// Whether a socket may be opened to this address.
    public func allows(_ address: SocketAddress) -> Bool {
        !isPublicOnly || AddressClass(address) == .global || allowedBlocks.contains { $0.contains(address) }
    }

    /// The same, for an address as the kernel writes it. IPv4 in the clothes of IPv6 (`::ffff:192.0.2.1`) is refused, whatever it holds.
    func allows(addressText text: String) -> Bool {
        guard let address = SocketAddress(literal: text) else { return false }
        if isPublicOnly, address.isIPv4, text.contains(":") { return false }
        return allows(address)
    }

    /// Whether a request may be sent there, as far as the URL tells.
    func allows(_ target: TargetURL) -> Bool {
        (target.isSecure || allowsPlainHTTP) && ports?.contains(target.port) ?? true
    }

    /// Whether a text is a URL that may be asked, as far as it tells: its host may turn out to be elsewhere than it should.
    public func allows(url: String) -> Bool { TargetURL(url).map(allows) ?? false }

    /// The schemes, in libcurl's words.
    var schemes: String { allowsPlainHTTP ? "http,https" : "https" }
}
