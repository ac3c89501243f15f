internal import Crypto

/// The opening handshake of RFC 6455 §4, as far as it is computing.
package enum WebSocketHandshake {
    /// The one version there is (§4.1).
    static let version = "13"

    /// What a server appends to the key (§1.3).
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The value of `Sec-WebSocket-Accept` for a key.
    package static func accept(key: String) -> String {
        Base64.standard.encode(SHA1.digest(of: Array((key + suffix).utf8)))
    }

    /// A key is sixteen bytes in base64 (§4.1, point 7).
    static func isKey(_ text: String) -> Bool {
        text.utf8.count == 24 && Base64.standard.decode(text)?.count == 16
    }

    /// Checks the request of a client, and says what to refuse it with.
    package static func check(_ head: RequestHead) throws(HTTPError) -> String {
        guard head.method == .get, head.version == .http11, head.lists(.upgrade, "websocket"), head.lists(.connection, "upgrade") else {
            throw HTTPError(.upgradeRequired, "This is a WebSocket: connect with a WebSocket client.", headers: upgradeFields)
        }
        guard head[.secWebSocketVersion] == version else {
            throw HTTPError(.upgradeRequired, "The only WebSocket version is 13.", headers: upgradeFields)
        }
        guard let key = head[.secWebSocketKey], isKey(key) else {
            throw HTTPError(.validation, "Sec-WebSocket-Key must be sixteen bytes in base64.")
        }
        guard head.framing == .none else { throw HTTPError(.validation, "A WebSocket handshake has no body.") }
        return key
    }

    private static let upgradeFields = [HeaderField(.upgrade, "websocket"), HeaderField(.secWebSocketVersion, "13")]
}

extension RequestHead {
    /// Whether a list field has that member, in any case.
    fileprivate func lists(_ name: HeaderName, _ member: String) -> Bool {
        list(name).contains { $0.utf8.elementsEqual(member.utf8) || $0.lowercased() == member }
    }
}
