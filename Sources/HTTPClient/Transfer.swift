internal import CCurl
internal import Networking

/// One request to one place, and its answer as it arrives. Owns libcurl's transfer. Belongs to its loop.
///
/// It must not be let go from inside of libcurl, which is where its callbacks are called from.
final class Transfer {
    /// Ours until `deinit`; `nil` only while it is being made.
    private var handle: OpaquePointer?
    private let target: TargetURL
    private let destinations: DestinationPolicy
    private var assembly: ResponseAssembly
    private var refusedAddress: String?
    /// Told once, outside of libcurl, when the transfer is over.
    private let ended: (Transfer, Result<HTTPClientResponse, HTTPClientError>) -> Void

    /// - Parameters:
    ///   - addresses: of the host; empty if the URL has it in numbers.
    ///   - connectDeadline: what is left of it.
    /// - Throws: ``HTTPClientError`` with `.overloaded`: memory has run out.
    init(
        _ request: HTTPClientRequest, to target: TargetURL, at addresses: [SocketAddress], headers: [HTTPClientHeader],
        connectDeadline: Duration, _ configuration: HTTPClientConfiguration,
        ended: @escaping (Transfer, Result<HTTPClientResponse, HTTPClientError>) -> Void
    ) throws(HTTPClientError) {
        self.target = target
        self.ended = ended
        destinations = configuration.destinations
        assembly = ResponseAssembly(headLimit: configuration.headLimit, bodyLimit: configuration.bodyLimit)
        guard let handle = make(request, addresses, connectDeadline, configuration) else { throw HTTPClientError(.overloaded) }
        self.handle = handle
        for line in Self.lines(headers, hasBody: request.body != nil) {
            guard ccurl_transfer_add_header(handle, line) else { throw HTTPClientError(.overloaded) }
        }
    }

    deinit { if let handle { ccurl_transfer_free(handle) } }

    private func make(
        _ request: HTTPClientRequest, _ addresses: [SocketAddress], _ connectDeadline: Duration, _ configuration: HTTPClientConfiguration
    ) -> OpaquePointer? {
        var callbacks = ccurl_transfer_callbacks(
            owner: Unmanaged.passUnretained(self).toOpaque(),
            permits: { owner, address in Transfer.of(owner)?.permits(address) ?? false },
            received_head: { owner, bytes, count in
                Transfer.of(owner)?.assembly.receive(headLine: UnsafeRawBufferPointer(start: bytes, count: count)) ?? false
            },
            received_body: { owner, bytes, count in
                Transfer.of(owner)?.assembly.receive(body: UnsafeRawBufferPointer(start: bytes, count: count)) ?? false
            })
        return withCStrings(
            request.method.rawValue, resolution(addresses), destinations.schemes, configuration.userAgent, configuration.authority
        ) { method, addresses, schemes, userAgent, authority in
            (request.body ?? []).withUnsafeBytes { body in
                var settings = ccurl_transfer_settings(
                    method: method, body: body.baseAddress, body_count: body.count, sends_body: request.body != nil, addresses: addresses,
                    schemes: schemes, user_agent: userAgent, authority: authority,
                    connect_milliseconds: Int(max(1, connectDeadline.milliseconds)),
                    idle_seconds: Int(max(1, configuration.idleLifetime.components.seconds)), body_limit: Int64(configuration.bodyLimit))
                return ccurl_transfer_new(target.handle, &callbacks, &settings)
            }
        }
    }

    /// Source: CURLOPT_RESOLVE(3). The plus lets libcurl forget it like any other look-up.
    private func resolution(_ addresses: [SocketAddress]) -> String? {
        guard !addresses.isEmpty else { return nil }
        let list = addresses.map { $0.isIPv4 ? $0.host : "[\($0.host)]" }.joined(separator: ",")
        return "+\(target.host):\(target.port):\(list)"
    }

    /// Header lines as libcurl takes them: `Name;` is a field without a value, `Name:` leaves out what it would say by itself.
    private static func lines(_ headers: [HTTPClientHeader], hasBody: Bool) -> [String] {
        var lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        if hasBody {
            lines.append("Expect:")
            if !headers.contains(where: { $0.isNamed("Content-Type") }) { lines.append("Content-Type:") }
        }
        return lines
    }

    /// - Throws: ``HTTPClientError`` with `.overloaded`.
    func start(in pool: OpaquePointer) throws(HTTPClientError) {
        guard ccurl_transfer_start(handle, pool) else { throw HTTPClientError(.overloaded) }
    }

    static func of(_ owner: UnsafeMutableRawPointer?) -> Transfer? {
        owner.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Where the answer redirects to.
    var redirect: String? { ccurl_transfer_redirect(handle).map { String(cString: $0) } }

    private func permits(_ address: UnsafePointer<CChar>?) -> Bool {
        guard let address else { return false }
        let text = String(cString: address)
        if destinations.allows(addressText: text) { return true }
        refusedAddress = text
        return false
    }

    func end(_ outcome: ccurl_outcome) { ended(self, result(of: outcome)) }

    private func result(of outcome: ccurl_outcome) -> Result<HTTPClientResponse, HTTPClientError> {
        if outcome == CCURL_COMPLETE, let response = assembly.response { return .success(response) }
        let explanation = ccurl_transfer_explanation(handle).map { String(cString: $0) } ?? ""
        return .failure(HTTPClientError(code(of: outcome), explanation: refusedAddress ?? explanation))
    }

    private func code(of outcome: ccurl_outcome) -> HTTPClientError.Code {
        switch outcome {
        case CCURL_UNRESOLVABLE: .unresolvable
        case CCURL_UNREACHABLE: refusedAddress == nil ? .unreachable : .destinationRefused
        case CCURL_TIMED_OUT: .timedOut
        case CCURL_TLS: .tls
        case CCURL_TOO_LARGE: .bodyTooLarge
        case CCURL_STOPPED:
            switch assembly.refusal {
            case .headTooLarge: .headTooLarge
            case .bodyTooLarge: .bodyTooLarge
            case .malformed, nil: .connectionLost
            }
        default: .connectionLost
        }
    }
}

/// Lends texts as C strings, `nil` as NULL.
private func withCStrings<Value>(
    _ first: String, _ second: String?, _ third: String, _ fourth: String, _ fifth: String?,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>?, UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>?) -> Value
) -> Value {
    first.withCString { first in
        withCString(second) { second in
            third.withCString { third in
                fourth.withCString { fourth in withCString(fifth) { body(first, second, third, fourth, $0) } }
            }
        }
    }
}

private func withCString<Value>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Value) -> Value {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
