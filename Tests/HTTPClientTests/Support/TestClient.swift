import HTTPClient
import Networking
import Runtime
import Testing

/// A client and the loops under it, as long as a test needs them.
func withClient(
    _ destinations: DestinationPolicy = .operators, loops: Int = 1, _ adjust: (inout HTTPClientConfiguration) -> Void = { _ in },
    _ body: (HTTPClient, EventLoopGroup) async throws -> Void
) async throws {
    var configuration = HTTPClientConfiguration(destinations: destinations)
    adjust(&configuration)
    let group = EventLoopGroup(count: loops)
    let client = try await HTTPClient(on: group.loops, configuration)
    let result: Result<Void, any Error>
    do {
        try await body(client, group)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    await client.close(within: .zero)
    group.shutdown()
    try result.get()
}

/// Why a request has no answer; `nil` if it has one.
func failure(_ client: HTTPClient, _ request: HTTPClientRequest) async -> HTTPClientError.Code? {
    do throws(HTTPClientError) {
        _ = try await client.send(request)
        return nil
    } catch {
        return error.code
    }
}

func address(_ text: String) throws -> SocketAddress { try #require(SocketAddress(literal: text)) }
