internal import Networking
internal import Runtime

/// One request on its way to its answer: the look-up of its host, its transfer, its redirects, and the time for all of it.
///
/// `@unchecked Sendable`: confined to the loop of its pool; a cancellation reaches it by a letter.
final class Exchange: @unchecked Sendable {
    typealias Outcome = Result<HTTPClientResponse, HTTPClientError>

    private let pool: TransferPool
    private let request: HTTPClientRequest
    /// Those of the request, until a redirect leads to another origin.
    private var headers: [HTTPClientHeader]
    private var target: TargetURL?
    private var transfer: Transfer?
    private var redirects = 0
    private var deadline: LoopTimer?
    /// Ends the look-up of a name that takes too long. The rest of the time for a connection is libcurl's to watch.
    private var lookupDeadline: LoopTimer?
    private var waiter: UnsafeContinuation<Outcome, Never>?

    init(_ request: HTTPClientRequest, in pool: TransferPool) {
        self.pool = pool
        self.request = request
        headers = request.headers
    }

    private var configuration: HTTPClientConfiguration { pool.configuration }

    /// Runs it. Once, on the loop.
    func run() async throws(HTTPClientError) -> HTTPClientResponse {
        let outcome = await withTaskCancellationHandler {
            // Here, not above: a task that does not prefer the loop would leave it for this closure.
            pool.loop.preconditionInLoop()
            return await withUnsafeContinuation { continuation in
                waiter = continuation
                begin()
            }
        } onCancel: {
            // Any thread. The letter arrives after the registration above, which runs in this very tick.
            pool.loop.post { self.end(.failure(HTTPClientError(.cancelled))) }
        }
        return try outcome.get()
    }

    /// Ends it, unless it has ended. Not from inside of libcurl.
    func end(_ outcome: Outcome) {
        guard let waiter else { return }
        self.waiter = nil
        deadline?.cancel()
        lookupDeadline?.cancel()
        transfer = nil
        pool.remove(self)
        waiter.resume(returning: outcome)
    }

    private func begin() {
        do throws(HTTPClientError) {
            guard request.headers.allSatisfy(\.isSendable) else { throw HTTPClientError(.invalidRequest, explanation: "a header") }
            try pool.add(self)
        } catch {
            waiter?.resume(returning: .failure(error))
            waiter = nil
            return
        }
        deadline = pool.loop.schedule(after: request.deadline ?? configuration.deadline) { [weak self] in
            self?.end(.failure(HTTPClientError(.timedOut)))
        }
        go(to: request.url)
    }

    // MARK: One hop

    private func go(to url: String) {
        do throws(HTTPClientError) {
            let target = try allowedTarget(url)
            self.target = target
            if target.isAddress {
                try check([target.host])
                try transfer(to: target, at: [], connectDeadline: configuration.connectDeadline)
            } else {
                look(up: target)
            }
        } catch {
            end(.failure(error))
        }
    }

    private func allowedTarget(_ url: String) throws(HTTPClientError) -> TargetURL {
        guard let next = TargetURL(url) else { throw HTTPClientError(.invalidRequest, explanation: "the URL") }
        guard configuration.destinations.allows(next) else {
            throw HTTPClientError(.destinationRefused, explanation: "\(next.isSecure ? "https" : "http"), port \(next.port)")
        }
        guard let target else { return next }
        if target.isSecure && !next.isSecure { throw HTTPClientError(.redirectRefused, explanation: "from https to http") }
        if !target.isSameOrigin(as: next) { headers.removeAll(where: \.isSecret) }
        return next
    }

    private func look(up target: TargetURL) {
        let (loop, limit) = (pool.loop, configuration.connectDeadline)
        let began = loop.now
        lookupDeadline = loop.schedule(after: limit) { [weak self] in
            self?.end(.failure(HTTPClientError(.timedOut, explanation: "looking up \(target.host)")))
        }
        pool.names.withAddresses(of: target.host) { [weak self] answer in
            guard let self, waiter != nil else { return }
            lookupDeadline?.cancel()
            do throws(HTTPClientError) {
                let addresses = try answer.get()
                // One that leads inside is enough: a name of the public net has none.
                try check(addresses.map(\.host))
                try transfer(to: target, at: addresses, connectDeadline: limit - .milliseconds(loop.now - began))
            } catch {
                end(.failure(error))
            }
        }
    }

    /// The same is asked for each socket; asked here as well, the answer does not depend on which address libcurl tries first.
    private func check(_ addresses: [String]) throws(HTTPClientError) {
        if let refused = addresses.first(where: { !configuration.destinations.allows(addressText: $0) }) {
            throw HTTPClientError(.destinationRefused, explanation: refused)
        }
    }

    private func transfer(to target: TargetURL, at addresses: [SocketAddress], connectDeadline: Duration) throws(HTTPClientError) {
        let transfer = try Transfer(
            request, to: target, at: addresses, headers: headers, connectDeadline: connectDeadline, configuration
        ) { [weak self] transfer, outcome in self?.ended(transfer, outcome) }
        self.transfer = transfer
        try pool.start(transfer)
    }

    private func ended(_ transfer: Transfer, _ outcome: Outcome) {
        guard case .success(let response) = outcome, configuration.redirectLimit > 0, request.method.isSafe,
            Self.redirections.contains(response.status), let next = transfer.redirect
        else { return end(outcome) }
        redirects += 1
        guard redirects <= configuration.redirectLimit else {
            return end(.failure(HTTPClientError(.redirectRefused, explanation: "more than \(configuration.redirectLimit)")))
        }
        self.transfer = nil
        go(to: next)
    }

    /// Source: RFC 9110 §15.4.
    private static let redirections: Set<Int> = [301, 302, 303, 307, 308]
}
