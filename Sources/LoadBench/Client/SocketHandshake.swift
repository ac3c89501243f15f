internal import Crypto

/// A client's side of the WebSocket handshake (RFC 6455 §4.1).
struct SocketHandshake {
    private static let subprotocol = "parley.v1"

    private let key = Base64.standard.encode(SecureRandom.bytes(16))
    private let token: String?

    /// - Parameter token: whose socket it is to be; `nil` for an endpoint that asks nobody.
    init(token: String?) { self.token = token }

    func request(path: String, authority: String) -> [UInt8] {
        var lines = [
            "GET \(path) HTTP/1.1", "Host: \(authority)", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: \(key)",
        ]
        if let token { lines += ["Sec-WebSocket-Protocol: \(Self.subprotocol)", "Authorization: Bearer \(token)"] }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// What is wrong with the server's answer; `nil` when it is in order.
    func fault(in response: ResponseReader.Response) -> String? {
        guard response.status == 101 else { return "handshake answered \(response.status)" }
        let proof = SHA1.digest(of: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))  // RFC 6455 §1.3
        guard response["sec-websocket-accept"] == Base64.standard.encode(proof) else { return "handshake with a wrong accept key" }
        guard token == nil || response["sec-websocket-protocol"] == Self.subprotocol else { return "handshake without our sub-protocol" }
        return nil
    }
}
