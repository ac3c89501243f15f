internal import CCurl
internal import Networking

/// A URL as libcurl reads it, so that what is checked is what is asked. Owns the `CURLU`.
final class TargetURL {
    let handle: OpaquePointer
    let isSecure: Bool
    /// A name in lower case, or an address in numbers, without brackets.
    let host: String
    let port: UInt16

    /// Bytes of a URL. Source: RFC 9110 §4.1 has recipients take 8,000 at least.
    static let longest = 8_000

    /// `nil` for what is no absolute `http` or `https` URL in ASCII, carries a user or password, or names its host with a dot at the end.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), let handle = ccurl_url_new(text) else {
            return nil
        }
        guard let scheme = Self.take(ccurl_url_scheme(handle)), let host = Self.take(ccurl_url_host(handle)) else {
            ccurl_url_free(handle)
            return nil
        }
        self.handle = handle
        isSecure = scheme.lowercased() == "https"
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        self.host = (isBracketed ? String(host.dropFirst().dropLast()) : host).lowercased()
        port = ccurl_url_port(handle)
        // A name is handed to libcurl and to the resolver between separators of theirs. All properties are set: `deinit` frees the handle.
        guard port > 0, isAddress || Self.isName(self.host) else { return nil }
    }

    deinit { ccurl_url_free(handle) }

    /// Whether the host is an address, which nobody need look up.
    var isAddress: Bool { SocketAddress(literal: host) != nil }

    /// Whether both are one origin: what was meant for one may be sent to the other (RFC 6454 §5).
    func isSameOrigin(as other: TargetURL) -> Bool { isSecure == other.isSecure && host == other.host && port == other.port }

    /// Labels of letters, digits, `-` and `_`, with dots between them. International names come in their ASCII form (RFC 5890).
    private static func isName(_ host: String) -> Bool {
        host.utf8.count <= 253
            && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                1...63 ~= label.utf8.count
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                            UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }
            }
    }

    private static func take(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        guard let text else { return nil }
        defer { ccurl_text_free(text) }
        return String(cString: text)
    }
}
