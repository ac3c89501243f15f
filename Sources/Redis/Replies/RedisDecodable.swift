/// What a reply can be turned into. Error replies never come here: ``RedisReply/decode(_:)`` throws them.
public protocol RedisDecodable {
    /// - Throws: ``RedisError`` with `.unexpectedReply` if the reply is of another kind.
    init(_ reply: RedisReply) throws(RedisError)
}

extension Int64: RedisDecodable {
    /// An integer, or text that is one: `GET` answers a counter as text.
    public init(_ reply: RedisReply) throws(RedisError) {
        switch reply {
        case .integer(let number): self = number
        case .bytes(let bytes):
            guard let number = Int64(String(decoding: bytes, as: UTF8.self)) else { throw RedisError(.unexpectedReply) }
            self = number
        default: throw RedisError(.unexpectedReply)
        }
    }
}

extension Int: RedisDecodable {
    public init(_ reply: RedisReply) throws(RedisError) { self = Int(try Int64(reply)) }
}

extension Bool: RedisDecodable {
    /// As Redis says yes and no: 1 and 0.
    public init(_ reply: RedisReply) throws(RedisError) {
        switch reply {
        case .integer(1): self = true
        case .integer(0): self = false
        default: throw RedisError(.unexpectedReply)
        }
    }
}

extension String: RedisDecodable {
    /// A status, or bytes that are UTF-8.
    public init(_ reply: RedisReply) throws(RedisError) {
        switch reply {
        case .status(let text): self = text
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw RedisError(.unexpectedReply) }
            self = text
        default: throw RedisError(.unexpectedReply)
        }
    }
}

extension Array<UInt8>: RedisDecodable {
    public init(_ reply: RedisReply) throws(RedisError) {
        guard case .bytes(let bytes) = reply else { throw RedisError(.unexpectedReply) }
        self = bytes
    }
}

extension Optional: RedisDecodable where Wrapped: RedisDecodable {
    public init(_ reply: RedisReply) throws(RedisError) { self = reply == .null ? nil : try Wrapped(reply) }
}

extension RedisReply {
    /// The elements of an array, each as a value of one type.
    public func decode<Element: RedisDecodable>(each type: Element.Type) throws(RedisError) -> [Element] {
        try check()
        guard case .array(let replies) = self else { throw RedisError(.unexpectedReply) }
        var elements: [Element] = []
        elements.reserveCapacity(replies.count)
        for reply in replies { elements.append(try reply.decode(type)) }
        return elements
    }
}
