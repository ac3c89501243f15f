internal import HTTPServer
internal import JSON
internal import Postgres

/// Answers a member's request that comes again under its `Idempotency-Key` as it was answered the first time, instead of doing it again.
///
/// The answer is written after the effect: nothing is lost if the process ends between the two, since what the routes here do can be done
/// twice (`docs/decisions/idempotency.md`). An action for which that is not so writes the key with its effect (``Transaction/done(_:body:)``).
struct Repetitions: Sendable {
    let database: Database

    /// For routes of members.
    func once(_ request: Request, _ context: MemberContext, _ next: Handler<MemberContext>) async throws -> Response {
        let route = request.route
        guard route.method.takesIdempotencyKey, let key = try request.idempotencyKey(), !route.knowsRepetitions else {
            return try await next(request, context)
        }
        let parts = [Array(route.method.rawValue.utf8), Array(request.path.utf8), request.body]
        let keyed = KeyedRequest(of: context.member, key: key, parts: parts)
        if let answer = try await answer(to: keyed) { return answer }
        var context = context
        context.keyed = keyed
        do {
            let response = try await next(request, context)
            guard let keep = KeepAnswer(response, to: keyed) else { return response }
            let isFirst = try await database.first(keep) != nil
            // Two at once: both did the same, and one answer stands for both.
            return isFirst ? response : try await answer(to: keyed) ?? response
        } catch is AlreadyDone {
            guard let answer = try await answer(to: keyed) else { throw HTTPError.unavailable }
            return answer
        }
    }

    /// What a request was answered when it came first; `nil` if it did not.
    ///
    /// - Throws: 409 `conflict` when the key is another request's.
    private func answer(to request: KeyedRequest) async throws -> Response? {
        guard let kept = try await database.first(AnswerKept(for: request)) else { return nil }
        guard kept.hash == request.hash else { throw HTTPError.keyOfAnotherRequest }
        guard let body = kept.body else { return .noContent }
        return .json(200, encoded: body)
    }
}

extension KeepAnswer {
    /// What is remembered of a success; `nil` for everything else: what was refused had no effect.
    fileprivate init?(_ response: Response, to request: KeyedRequest) {
        guard 200..<300 ~= response.status.code else { return nil }
        switch response.body {
        case .none: self.init(to: request)
        case .bytes(let bytes): self.init(to: request, body: bytes)
        case .stream, .webSocket: return nil
        }
    }
}
