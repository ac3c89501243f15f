internal import Networking

/// Which web pages may open a socket and read what the API answers. Programs that are no browsers send no origin and are not asked.
///
/// Without a list those pages may that came from the host that is asked, and those that the reader's own machine serves (loopback).
/// A page of another site would act in the name of whoever looks at it. Since tokens never travel in cookies it would need a token as
/// well: this check is the second lock.
package struct Origins: Sendable {
    /// Such as `https://chat.example.org`, or `*` for every page.
    let allowed: [String]?

    var allowsAll: Bool { allowed?.contains("*") == true }

    /// - Parameter host: the `Host` of the request, with its port if it has one.
    func allows(_ origin: String, host: String) -> Bool {
        guard let allowed else { return Self.isLoopback(origin) || Self.authority(of: origin) == host.lowercased() }
        return allowsAll || allowed.contains { $0.lowercased() == origin.lowercased() }
    }

    /// Host and port of a web page's origin; `nil` for anything else, such as the `null` of a sandboxed frame.
    private static func authority(of origin: String) -> String? {
        let lowercased = origin.lowercased()
        for scheme in ["http://", "https://"] where lowercased.hasPrefix(scheme) { return String(lowercased.dropFirst(scheme.count)) }
        return nil
    }

    /// Whether the text is an origin as a browser writes it, but for case: `scheme://host[:port]`, without the scheme's own port.
    static func isOrigin(_ text: String) -> Bool {
        guard let authority = authority(of: text) else { return false }
        let ownPort = text.lowercased().hasPrefix("https:") ? 443 : 80
        let (host, port): (Substring, Substring?)
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[...end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return false }
            port = rest.isEmpty ? nil : rest.dropFirst()
            guard host.contains(":"), SocketAddress(literal: String(host.dropFirst().dropLast())) != nil else { return false }
        } else {
            let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            (host, port) = (parts[0], parts.count > 1 ? parts[1] : nil)
            // Names beyond ASCII travel as Punycode.
            guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return false }
        }
        guard let port else { return true }
        guard let number = UInt16(port), number > 0 else { return false }
        return "\(number)" == port && number != ownPort
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    package static func isLoopback(_ origin: String) -> Bool {
        let parts = origin.split(separator: "/", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0] == "http:" || parts[0] == "https:" else { return false }
        let host = parts[1].hasPrefix("[") ? parts[1].prefix { $0 != "]" }.dropFirst() : parts[1].prefix { $0 != ":" }
        // No name of the Internet consists of digits, but many begin with some: 127.example.org.
        let isAddress = host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return host == "localhost" || host == "::1" || (isAddress && host.hasPrefix("127."))
    }
}
