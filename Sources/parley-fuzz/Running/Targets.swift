import HTTPServer

/// Every parser that is fuzzed, by name.
enum Targets {
    static var all: [(name: String, target: any FuzzTarget)] {
        [
            ("http", HTTPTarget()),
            ("chunked", ChunkedTarget()),
            ("handshake", HandshakeTarget()),
            ("negotiation", NegotiationTarget()),
            ("query", QueryTarget()),
            ("response", ResponseTarget()),
            ("websocket", WebSocketTarget(role: .server)),
            ("websocket-client", WebSocketTarget(role: .client)),
            ("deflate", WebSocketTarget(role: .server, inflater: WebSocketInflater())),
            ("json", JSONTarget()),
            ("token", TokenTarget()),
            ("host-keys", KeySetTarget()),
            ("host-token", HostTokenTarget()),
            ("trace", TraceTarget()),
            ("uuid", UUIDTarget()),
            ("timestamp", TimestampTarget()),
            ("base64", Base64Target()),
            ("phc", PasswordHashTarget()),
            ("message-id", MessageIDTarget()),
            ("cursor", CursorTarget()),
            ("list-cursor", ListCursorTarget()),
            ("command", CommandTarget()),
            ("sync-token", SyncTokenTarget()),
            ("text", TextTarget()),
            ("name", NameTarget()),
            ("origin", OriginTarget()),
            ("configuration", ConfigurationTarget()),
            ("database-url", DatabaseURLTarget()),
            ("redis-reply", ReplyTarget()),
            ("redis-url", RedisURLTarget()),
            ("hint", HintTarget()),
            ("presence-letter", PresenceLetterTarget()),
            ("typing-letter", TypingLetterTarget()),
            ("people-list", PeopleListTarget()),
        ]
    }

    static func named(_ name: String) -> (any FuzzTarget)? { all.first { $0.name == name }?.target }
}
