/// What a handler knows about who is asking.
///
/// A handler names its context in its signature, and a context can only be made by the admission that its routes were
/// mounted with: a handler that takes a `MemberContext` cannot be reached without signing in.
public protocol RequestContext: Sendable {
    /// The kind of caller that gets here, for the API description.
    static var caller: Caller { get }
}

/// A kind of caller, such as `member` or `moderator`.
public struct Caller: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(stringLiteral name: StaticString) { self.name = "\(name)" }

    /// Everybody, signed in or not.
    public static let anonymous: Caller = "anonymous"
}

/// The context of routes that are open to everybody.
public struct AnonymousContext: RequestContext {
    public static let caller = Caller.anonymous

    public init() {}
}
