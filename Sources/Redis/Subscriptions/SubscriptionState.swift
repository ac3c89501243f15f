/// What a connection has asked a server about channels, and what the server has said. It decides; its owner acts.
///
/// The server answers requests in their order, with messages in between. An error does not say which request it is about,
/// but it stands where the answer to that request would.
struct SubscriptionState {
    enum Request: Equatable {
        case subscribe(RedisChannel)
        case unsubscribe(RedisChannel)
        case ping
    }

    enum Action: Equatable {
        case deliver(RedisChannel, [UInt8])
        /// From now on messages come.
        case confirmed(RedisChannel)
        /// The server does not have the channel, or gives it away.
        case refused(RedisChannel, kind: String)
        case nothing
        /// The server says what it never should.
        case end
    }

    private var requests: [Request] = []
    private var answered = 0

    /// Whether an answer is owed.
    var isWaiting: Bool { answered < requests.count }

    mutating func sent(_ request: Request) { requests.append(request) }

    mutating func received(_ reply: RedisReply) -> Action {
        switch reply {
        case .array(let parts): return received(parts)
        case .status: return take() == .ping ? .nothing : .end  // a server to which nothing is subscribed answers a ping by PONG
        case .error(let error):
            switch take() {
            case .subscribe(let channel): return .refused(channel, kind: error.kind)
            case .unsubscribe, .ping: return .nothing
            case nil: return .end
            }
        default: return .end
        }
    }

    private mutating func received(_ parts: [RedisReply]) -> Action {
        guard parts.count >= 2, case .bytes(let verb) = parts[0] else { return .end }
        switch String(decoding: verb, as: UTF8.self) {
        case "message": return message(parts, isSharded: false)
        case "smessage": return message(parts, isSharded: true)
        case "subscribe", "ssubscribe":
            guard case .subscribe(let channel) = take() else { return .end }
            return .confirmed(channel)
        case "unsubscribe":
            guard case .unsubscribe = take() else { return .end }
            return .nothing
        case "sunsubscribe":
            guard case .bytes(let name) = parts[1] else { return .end }
            let channel = RedisChannel(sharded: String(decoding: name, as: UTF8.self))
            if next == .unsubscribe(channel) {
                take()
                return .nothing
            }
            // Unasked: the slot has moved to another node.
            return .refused(channel, kind: "MOVED")
        case "pong": return take() == .ping ? .nothing : .end
        default: return .end
        }
    }

    private func message(_ parts: [RedisReply], isSharded: Bool) -> Action {
        guard parts.count == 3, case .bytes(let name) = parts[1], case .bytes(let payload) = parts[2] else { return .end }
        let text = String(decoding: name, as: UTF8.self)
        return .deliver(isSharded ? RedisChannel(sharded: text) : RedisChannel(text), payload)
    }

    /// The request that the server answers next.
    private var next: Request? { isWaiting ? requests[answered] : nil }

    @discardableResult private mutating func take() -> Request? {
        guard let request = next else { return nil }
        answered += 1
        if !isWaiting {
            requests.removeAll(keepingCapacity: requests.count <= 64)
            answered = 0
        }
        return request
    }
}
