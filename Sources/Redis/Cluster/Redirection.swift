/// What a node of a cluster answers when a key is not, or not yet, or no longer its own.
enum Redirection: Equatable {
    /// The slot is elsewhere, from now on.
    case moved(HashSlot, RedisEndpoint)
    /// The slot is being moved and this key is elsewhere already. For this command only.
    case ask(RedisEndpoint)
    /// A moment later it may work.
    case later

    /// - Parameter asked: who answered. A redirection without a host means theirs.
    init?(_ error: RedisErrorReply, from asked: RedisEndpoint) {
        switch error.kind {
        case "MOVED", "ASK":
            guard let slot = error.word(0).flatMap({ Int($0) }).flatMap({ HashSlot($0) }), let text = error.word(1),
                let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
            else { return nil }
            let host = colon == text.startIndex ? asked.host : String(text[..<colon])
            let endpoint = RedisEndpoint(host: host, port: port)
            self = error.kind == "MOVED" ? .moved(slot, endpoint) : .ask(endpoint)
        case "TRYAGAIN", "CLUSTERDOWN": self = .later
        default: return nil
        }
    }
}
