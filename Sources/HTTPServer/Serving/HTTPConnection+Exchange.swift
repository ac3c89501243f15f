internal import Networking
internal import Observability
internal import Runtime

/// From the events of the parser to the answer.
extension HTTPConnection {
    func take(_ event: HTTPRequestParser.Event) {
        switch event {
        case .head(let head): begin(head)
        case .body(let piece):
            clock.bodyArrived(piece.count)
            if let buffer = exchange?.bodyBuffer {
                buffer.append(piece)
            } else {
                exchange?.body.append(contentsOf: piece)
            }
        case .end:
            guard exchange != nil else { return }  // answered at once, when its head was read
            clock.requestEnded()
            exchange?.isComplete = true
            if let buffer = exchange?.bodyBuffer { buffer.finish(.success(())) } else { startHandler() }
        case .failed(let fault):
            refuse(HTTPError(fault.code, fault.message))
        }
    }

    private func begin(_ head: RequestHead) {
        let exchange = Exchange(head: head, requestID: head.acceptableRequestID ?? home.names.requestID())
        self.exchange = exchange
        clock.bodyBegan(now: home.loop.now)
        switch home.core.router.decide(head) {
        case .route(let endpoint, let parameters):
            exchange.endpoint = endpoint
            exchange.parameters = parameters
            expectBody(head, endpoint.declaration.body)
        case .options(let allow):
            answerAtOnce(Response.noContent.with(.allow, allow), head)
        case .refuse(let error):
            answerAtOnce(error.response(requestID: exchange.requestID), head)
        }
    }

    private func expectBody(_ head: RequestHead, _ policy: BodyPolicy) {
        parser.bodyLimit = policy.limit
        if case .length(let count) = head.framing, count > policy.limit {
            return refuse(HTTPError(RequestFault.bodyTooLarge.code, RequestFault.bodyTooLarge.message))
        }
        if head.expectsContinue, head.framing != .none { write(ResponseEncoder.goOn) }
        if case .streamed = policy {
            exchange?.bodyBuffer = BodyBuffer { [weak self] in self?.resumeParsing() }
            startHandler()
        }
    }

    /// Answers a request that no handler sees. A body that it may have is not waited for: the connection is closed instead.
    private func answerAtOnce(_ response: Response, _ head: RequestHead) {
        if head.framing == .none { exchange?.isComplete = true }
        clock.requestEnded()
        home.loop.start { [self] in await send(response) }
    }

    private func startHandler() {
        guard let current = exchange, let head = current.head, let endpoint = current.endpoint else { return }
        current.isHandling = true
        let request = Request(
            head: head, endpoint: endpoint, parameterRanges: current.parameters, body: Swift.exchange(&current.body, with: []),
            bodyStream: current.bodyBuffer.map(RequestBodyStream.init), id: current.requestID, traceSeed: home.names.next(),
            peer: transport.peer, loop: home.loop)
        home.loop.start { [self] in await send(await home.core.respond(to: request)) }
    }

    /// Refuses what is being read. Where the byte stream goes on is unknown, so that the connection ends with it.
    func refuse(_ error: HTTPError) {
        mustClose = true
        clock.requestEnded()
        if let current = exchange, current.isHandling {
            // The handler hears of it from the body that it is reading, and answers itself.
            current.bodyBuffer?.finish(.failure(error))
            return
        }
        let current = exchange ?? Exchange(head: nil, requestID: home.names.requestID())
        exchange = current
        let response = error.response(requestID: current.requestID)
        home.loop.start { [self] in await send(response) }
    }

    /// Tells a connection that there is no room for it.
    func turnAway() {
        let field = HeaderField(.retryAfter, HeaderValue(1))
        refuse(HTTPError(.unavailable, "There are too many connections. Try again.", headers: [field]))
    }

    // MARK: Answer

    private func send(_ answer: Response) async {
        guard !isEnded, let exchange else { return }
        var response = answer
        if let head = exchange.head { home.core.configuration.completeAnswer?(head, &response) }
        let version = exchange.head?.version ?? .http11
        var keepsAlive = exchange.head?.keepsAlive ?? false
        if mustClose || home.isDraining || !exchange.isComplete { keepsAlive = false }
        var isStream = false
        if case .stream = response.body { isStream = !exchange.isHead && !response.status.forbidsBody }
        if isStream, version == .http10 { keepsAlive = false }

        let encoded = home.encoder.encode(
            response,
            for: .init(isHead: exchange.isHead, version: version, keepsAlive: keepsAlive, requestID: exchange.requestID))
        write(encoded.head)
        if let body = encoded.body { write(body) }
        if case .stream(let writeBody) = response.body, isStream {
            guard await stream(writeBody, isChunked: version == .http11) else { return }
        }
        home.core.answered(exchange, response.status)
        if case .webSocket(let acceptance) = response.body {
            become(WebSocketConnection(transport, acceptance, on: home), acceptance.makeDelegate)
        } else {
            answerWritten(keepsAlive: keepsAlive)
        }
    }

    /// - Returns: whether the body is complete. If not, the connection is cut: that is the one way to say so.
    private func stream(_ writeBody: (ResponseBodyWriter) async throws -> Void, isChunked: Bool) async -> Bool {
        do {
            try await writeBody(ResponseBodyWriter(connection: self, isChunked: isChunked))
            if isChunked { write(ResponseEncoder.lastChunk) }
            return !isEnded
        } catch {
            transport.abort()
            return false
        }
    }
}
