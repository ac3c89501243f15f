/// Answers a request. It runs on the loop of the connection, from the first line to the last.
public typealias Handler<Context> = @Sendable (Request, Context) async throws -> Response

/// Makes the context of a request, or throws the refusal: who is asking, and may they?
public typealias Admission<Context> = @Sendable (Request) async throws -> Context

/// A function around a handler: it may look at the request, refuse it, call `next`, and look at the answer.
///
/// It knows the route (``Request/route``) and, being generic in the context, who is asking:
///
///     func limited(_ request: Request, _ context: MemberContext, _ next: Handler<MemberContext>) async throws -> Response {
///         if let limit = request.route.limit { try limits.take(limit, for: context.member) }
///         return try await next(request, context)
///     }
public typealias Middleware<Context> = @Sendable (Request, Context, _ next: Handler<Context>) async throws -> Response
