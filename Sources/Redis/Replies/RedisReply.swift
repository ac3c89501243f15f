/// What Redis answers. An error is a value like any other: of ten commands sent together one may be refused.
public enum RedisReply: Sendable, Equatable {
    /// A short text of Redis' own, such as `OK`.
    case status(String)
    case error(RedisErrorReply)
    case integer(Int64)
    case bytes([UInt8])
    case array([RedisReply])
    /// There is nothing: no such key, no such member.
    case null
}

/// Redis refused a command, or a script failed.
public struct RedisErrorReply: Sendable, Equatable {
    /// All of it, the kind first. It may quote what the command held: not for logs.
    public let text: String

    public init(_ text: String) { self.text = text }

    /// The first word, such as `WRONGTYPE` or `NOSCRIPT`.
    public var kind: String { String(text.prefix { $0 != " " }) }

    /// The word at `index` behind the first, if there are so many.
    func word(_ index: Int) -> Substring? {
        let words = text.split(separator: " ").dropFirst()
        return index < words.count ? words[words.startIndex + index] : nil
    }
}

extension RedisReply {
    /// The reply as a value of a type that is expected.
    ///
    ///     let count = try await redis.send("INCR", key).decode(Int.self)
    ///
    /// - Throws: ``RedisError`` with `.serverRejected` for an error reply, `.unexpectedReply` for any other of another kind.
    public func decode<Value: RedisDecodable>(_ type: Value.Type = Value.self) throws(RedisError) -> Value {
        try check()
        return try Value(self)
    }

    /// For commands of whose answer nothing matters but that it is no error.
    ///
    /// - Throws: ``RedisError`` with `.serverRejected`.
    public func check() throws(RedisError) {
        if case .error(let error) = self { throw RedisError(.serverRejected, kind: error.kind) }
    }
}
