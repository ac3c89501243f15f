internal import Crypto
internal import Glibc
internal import HTTPClient
internal import Networking
internal import Runtime

/// Where the host app publishes its keys.
protocol HostKeySource: Sendable {
    func read() async throws(HostKeyFailure) -> HostKeyAnswer

    /// How long to wait before the next reading.
    /// - Parameters:
    ///   - lifetime: what the last answer said of itself.
    ///   - failures: in a row, since the last answer.
    func pause(after lifetime: Duration?, failures: Int) -> Duration

    func close() async
}

struct HostKeyAnswer: Sendable {
    let document: [UInt8]
    /// How long it is good, if it says so.
    let lifetime: Duration?
}

/// Why keys could not be read. For operators.
struct HostKeyFailure: Error {
    let reason: String
}

/// A file on this machine, read again and again: whoever rotates the keys replaces it.
struct HostKeyFile: HostKeySource {
    private static let threads = BlockingPool(name: "host-keys", threads: 1, queueLimit: 256)

    let path: String

    func read() async throws(HostKeyFailure) -> HostKeyAnswer {
        do {
            return try await Self.threads.run { [path] in try Self.read(path) }
        } catch let failure as HostKeyFailure {
            throw failure
        } catch {
            throw HostKeyFailure(reason: "no thread is free to read the file")
        }
    }

    func pause(after lifetime: Duration?, failures: Int) -> Duration { .seconds(2) }

    func close() async {}

    /// Blocks.
    private static func read(_ path: String) throws(HostKeyFailure) -> HostKeyAnswer {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostKeyFailure(reason: "the file cannot be opened") }
        defer { Glibc.close(descriptor) }
        var document: [UInt8] = []
        while document.count <= JSONWebKeySet.longestDocument {
            let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { memory, count in
                count = max(0, Glibc.read(descriptor, memory.baseAddress, memory.count))
            }
            if piece.isEmpty { break }
            document += piece
        }
        return HostKeyAnswer(document: document, lifetime: nil)
    }
}

/// A URL. Its answer says by `Cache-Control` how long it is good (RFC 9111 §5.2.2), within bounds.
struct HostKeyURL: HostKeySource {
    let url: String
    let client: HTTPClient

    /// Without a word on it, and the bounds of what is said.
    private static let usualLifetime = Duration.seconds(600)
    private static let shortestLifetime = Duration.seconds(60)
    private static let longestLifetime = Duration.seconds(86_400)
    /// After a failure; twice as long after each further one.
    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(300)

    func read() async throws(HostKeyFailure) -> HostKeyAnswer {
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await client.send(HTTPClientRequest(.get, url, headers: [HTTPClientHeader("Accept", "application/json")]))
        } catch {
            throw HostKeyFailure(reason: error.description)
        }
        guard response.status == 200 else { throw HostKeyFailure(reason: "the server answered \(response.status)") }
        return HostKeyAnswer(document: response.body, lifetime: response["Cache-Control"].flatMap(Self.lifetime))
    }

    func pause(after lifetime: Duration?, failures: Int) -> Duration {
        guard failures > 0 else { return min(max(lifetime ?? Self.usualLifetime, Self.shortestLifetime), Self.longestLifetime) }
        return min(Self.firstPause * (1 << min(failures - 1, 10)), Self.longestPause)
    }

    func close() async { await client.close(within: .zero) }

    /// The life that a `Cache-Control` field allows: none for `no-store` and `no-cache`; `nil` if it does not say.
    static func lifetime(_ cacheControl: String) -> Duration? {
        let directives = cacheControl.lowercased().split(separator: ",").map(\.trimmed)
        if directives.contains("no-store") || directives.contains("no-cache") { return .zero }
        for directive in directives where directive.hasPrefix("max-age=") {
            guard let seconds = UInt32(directive.dropFirst(8)) else { return nil }
            return .seconds(Int64(seconds))
        }
        return nil
    }
}

extension DestinationPolicy {
    /// Where keys may be fetched: by `https` from the public net, and from what the operator allows besides. The URL is the operator's own,
    /// but what its name stands for, and where it redirects to, is not.
    static func hostKeys(_ stage: Configuration.Stage, allowed: [AddressBlock]) -> DestinationPolicy {
        DestinationPolicy(allowsPlainHTTP: stage != .production, ports: nil, isPublicOnly: true, allowedBlocks: allowed)
    }
}
