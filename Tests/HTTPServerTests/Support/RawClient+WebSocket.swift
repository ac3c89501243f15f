@testable import HTTPServer

extension RawClient {
    /// A frame that the server sent.
    struct Frame: Equatable, CustomStringConvertible {
        var opcode: WebSocketOpcode
        var payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
        /// The code of a close frame.
        var code: Int { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 0 }
        var description: String { opcode == .close ? "close \(code)" : "\(opcode) \(text.prefix(60))" }
    }

    static let handshake =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    @discardableResult
    func upgrade(_ path: String, _ fields: String = "") async throws -> Answer {
        try await send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(Self.handshake)\(fields)\r\n")
        return try await answer()
    }

    /// Takes one unmasked, final frame.
    func frame() async throws -> Frame {
        let start = try await read(2)
        guard start[0] & 0xF0 == 0x80, let opcode = WebSocketOpcode(rawValue: start[0] & 0x0F) else { throw ClientError.malformed }
        var length = Int(start[1])
        if length == 126 { length = try await read(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = try await read(8).reduce(0) { $0 << 8 | Int($1) } }
        return Frame(opcode: opcode, payload: try await read(length))
    }
}
