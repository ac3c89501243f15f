import Crypto
import HTTPServer

/// Opening handshakes of WebSockets, with the negotiation of permessage-deflate.
struct HandshakeTarget: FuzzTarget {
    let vocabulary = [
        "websocket", "Upgrade", "upgrade", "permessage-deflate", "server_no_context_takeover", "client_no_context_takeover",
        "server_max_window_bits=",
        "client_max_window_bits", "client_max_window_bits=8", "=\"10\"", "; ", ", ", ";", ",", "=", "\"", "13",
        "Sec-WebSocket-Extensions: ", "\r\n", "\t",
    ]

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        var fields = ["Host: a"]
        if !random.oneIn(40) {
            fields.append("Upgrade: " + random.usually("websocket", else: ["WebSocket", "h2c, websocket", "websockets", ""]))
        }
        if !random.oneIn(40) {
            fields.append("Connection: " + random.usually("Upgrade", else: ["keep-alive, Upgrade", "upgrade", "close", "Upgrade;"]))
        }
        if !random.oneIn(40) { fields.append("Sec-WebSocket-Version: " + random.usually("13", else: ["8", "013", "13, 8", ""])) }
        if !random.oneIn(40) {
            let key = Base64.standard.encode(random.bytes(random.oneIn(20) ? random.below(24) : 16))
            fields.append("Sec-WebSocket-Key: \(key)")
        }
        while random.oneIn(2) { fields.append("Sec-WebSocket-Extensions: " + offers(&random)) }
        if random.oneIn(3) {
            fields.append("Sec-WebSocket-Protocol: " + random.pick(["parley.v1", "bearer, abc", ",", " , parley.v1", ""]))
        }
        if random.oneIn(20) { fields.append(random.pick(["Content-Length: 0", "Content-Length: 5", "Transfer-Encoding: chunked"])) }
        return Array("GET / HTTP/1.\(random.oneIn(20) ? 0 : 1)\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n".utf8)
    }

    private func offers(_ random: inout RandomSource) -> String {
        var offers: [String] = []
        repeat {
            var offer = random.pick(["permessage-deflate", "permessage-deflate", "x-webkit-deflate-frame", "", "Permessage-Deflate"])
            while random.oneIn(2) {
                let bits = random.pick(["8", "10", "15", "16", "7", "08", "\"9\"", "\"\"", "\"", "x", ""])
                offer += random.pick(["; ", ";", " ; "])
                offer += random.pick([
                    "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=\(bits)", "client_max_window_bits",
                    "client_max_window_bits=\(bits)", "server_max_window_bits", "x", "",
                ])
            }
            offers.append(offer)
        } while random.oneIn(3)
        return offers.joined(separator: random.pick([", ", ","]))
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        guard let head = RequestTranscript(input).exchanges.first?.head else { return .rejected("no request") }
        let deflate = PermessageDeflate.negotiate(head.list(.secWebSocketExtensions))
        if let response = deflate?.response {
            try require(HeaderValue(response) != nil, "the answer to an extension holds a control character")
            try require(PermessageDeflate.negotiate([response])?.response == response, "the answer is no offer: \(response)")
        }
        let key: String
        do { key = try WebSocketHandshake.check(head) } catch { return .rejected(error.code.name) }
        try require(Base64.standard.decode(key)?.count == 16, "a key that is not sixteen bytes")
        try require(head.method == .get && head.framing == .none, "a handshake with a body")
        try require(Base64.standard.decode(WebSocketHandshake.accept(key: key))?.count == 20, "an answer that is no SHA-1")
        return .accepted(deflate?.response ?? "")
    }
}
