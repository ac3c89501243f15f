internal import Networking
internal import Runtime

/// The addresses of names, as one loop knows them: looked up on threads that may block, once for all who ask at a time.
///
/// `@unchecked Sendable`: confined to its loop; a look-up comes back there.
final class NameCache: @unchecked Sendable {
    typealias Answer = Result<[SocketAddress], HTTPClientError>

    private enum Entry {
        case asking([(Answer) -> Void])
        /// Until so many milliseconds of ``EventLoop/now``.
        case known([SocketAddress], until: UInt64)
    }

    /// A name whose servers do not answer keeps a thread for seconds; who waits for another one meanwhile needs one, too.
    private static let threads = BlockingPool(name: "http-names", threads: 4, queueLimit: 1024)
    /// Names that are kept before those that are known are forgotten.
    private static let limit = 4096

    private let loop: EventLoop
    private let configuration: HTTPClientConfiguration
    private var entries: [String: Entry] = [:]

    init(on loop: EventLoop, _ configuration: HTTPClientConfiguration) {
        self.loop = loop
        self.configuration = configuration
    }

    /// Hands the addresses of `name` to `body`: at once if they are known, else later on the loop.
    func withAddresses(of name: String, _ body: @escaping (Answer) -> Void) {
        switch entries[name] {
        case .known(let addresses, let until) where until > loop.now: body(.success(addresses))
        case .asking(let waiting): entries[name] = .asking(waiting + [body])
        case .known, nil:
            if entries.count >= Self.limit { forgetKnown() }
            entries[name] = .asking([body])
            loop.start { [self] in answered(name, await look(up: name)) }
        }
    }

    private func look(up name: String) async -> Answer {
        do {
            return .success(try await Self.threads.run { [resolve = configuration.resolve] in try resolve(name) })
        } catch is NetworkError {
            return .failure(HTTPClientError(.unresolvable, explanation: name))
        } catch {
            return .failure(HTTPClientError(.overloaded, explanation: "no thread is free to look up \(name)"))
        }
    }

    private func answered(_ name: String, _ answer: Answer) {
        loop.preconditionInLoop()
        guard case .asking(let waiting) = entries[name] else { return }
        if case .success(let addresses) = answer {
            entries[name] = .known(addresses, until: loop.now + UInt64(max(0, configuration.nameLifetime.milliseconds)))
        } else {
            entries[name] = nil
        }
        for body in waiting { body(answer) }
    }

    private func forgetKnown() {
        entries = entries.filter { if case .asking = $0.value { true } else { false } }
    }
}

extension Duration {
    /// Rounded down.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
