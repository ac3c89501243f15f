/// Which web pages may open a socket. Programs that are no browsers send no origin and are not asked.
///
/// Without a list every origin is refused but those of this host: a page of another site would act in the name of
/// whoever looks at it. Since tokens never travel in cookies that would need the token as well; the check is the second lock.
package struct Origins: Sendable {
    /// Such as `https://chat.example.org`; `nil`: loopback and whatever the operator's proxy serves the pages from.
    let allowed: [String]?

    func allows(_ origin: String) -> Bool {
        guard let allowed else { return Self.isLoopback(origin) }
        return allowed.contains("*") || allowed.contains { $0.lowercased() == origin.lowercased() }
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
