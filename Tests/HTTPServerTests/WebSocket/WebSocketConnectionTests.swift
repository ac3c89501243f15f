import Networking
import Runtime
import Synchronization
import Testing

@testable import HTTPServer

/// Answers some words, and remembers how its socket ended.
private final class Parrot: WebSocketDelegate {
    private let ended: @Sendable (WebSocketCloseCode) -> Void
    /// Milliseconds after which it has sent what it owes, at a restart.
    private var debt: Int?

    init(ended: @escaping @Sendable (WebSocketCloseCode) -> Void) { self.ended = ended }

    func webSocket(_ socket: WebSocketConnection, receivedText utf8: UnsafeRawBufferPointer) {
        switch String(decoding: utf8, as: UTF8.self) {
        case "goodbye": socket.close(4001, reason: "you asked for it")
        case "flood": for _ in 0..<64 { socket.send(text: [UInt8](repeating: 0x66, count: 1 << 20)) }
        case "owe": debt = 100
        case "owe for ever": debt = 1_000_000
        case "burst": for number in 0..<100 { socket.send(text: Array("\(number)".utf8)) }
        case let text: socket.send(text: Array("\(text)!".utf8))
        }
    }

    func webSocketWillRestart(_ socket: WebSocketConnection) {
        socket.send(text: Array("reconnect".utf8))
        guard let debt else { return socket.close(.serviceRestart) }
        socket.loop.schedule(after: .milliseconds(debt)) {
            socket.send(text: Array("paid".utf8))
            socket.close(.serviceRestart)
        }
    }

    func webSocketClosed(_ socket: WebSocketConnection, code: WebSocketCloseCode) { ended(code) }
}

/// Listens from the first moment on to nothing, until its time has come.
private final class LateRiser: WebSocketDelegate {
    private let hasSlept = Mutex(false)

    init(_ socket: WebSocketConnection) {
        socket.pauseReading()
        socket.loop.schedule(after: .milliseconds(300)) { [self] in
            hasSlept.withLock { $0 = true }
            socket.resumeReading()
        }
    }

    func webSocket(_ socket: WebSocketConnection, receivedText utf8: UnsafeRawBufferPointer) {
        socket.send(text: Array(hasSlept.withLock(\.self) ? "awake".utf8 : "disturbed".utf8))
    }

    func webSocketClosed(_ socket: WebSocketConnection, code: WebSocketCloseCode) {}
}

private struct Sockets: Sendable {
    let server: TestServer
    let ended: EndedSockets

    func open(_ fields: String = "", path: String = "/ws") async throws -> RawClient {
        let client = try server.client()
        #expect(try await client.upgrade(path, fields).status == 101)
        return client
    }
}

private final class EndedSockets: Sendable {
    private let codes = Mutex<[WebSocketCloseCode]>([])

    func add(_ code: WebSocketCloseCode) { codes.withLock { $0.append(code) } }

    /// Waits for the first socket to end.
    func first() async throws -> WebSocketCloseCode {
        for _ in 0..<6_000 {
            if let code = codes.withLock({ $0.first }) { return code }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RawClient.ClientError.silence
    }
}

private func withSockets(
    compresses: Bool = false, _ adjust: (inout WebSocketConfiguration.Limits, inout WebSocketConfiguration.Timing) -> Void = { _, _ in },
    server adjustServer: (inout HTTPServerConfiguration) -> Void = { _ in }, _ body: (Sockets) async throws -> Void
) async throws {
    let ended = EndedSockets()
    var limits = WebSocketConfiguration.Limits()
    var timing = WebSocketConfiguration.Timing()
    adjust(&limits, &timing)
    let configuration = WebSocketConfiguration(
        limits: limits, timing: timing, compresses: compresses, chooseSubprotocol: { $0.first { $0 == "parley.v1" } })
    var router = Router()
    router.mount([
        Route(.get, "/ws", "Talks back.", statuses: [101]) { request, _ in
            try .webSocket(request, configuration) { _ in Parrot { ended.add($0) } }
        },
        Route(.get, "/late", "Talks back after a while.", statuses: [101]) { request, _ in
            try await Task.sleep(for: .milliseconds(50))
            return try .webSocket(request, configuration) { _ in Parrot { ended.add($0) } }
        },
        .echo(compresses: true),
    ])
    try await TestServer.run(router, adjustServer) { try await body(Sockets(server: $0, ended: ended)) }
}

@Suite struct WebSocketConnectionTests {
    @Test func `a handshake in order is answered as the standard's example`() async throws {
        try await withSockets { sockets in
            let client = try sockets.server.client()
            let answer = try await client.upgrade("/ws", "Sec-WebSocket-Protocol: other, parley.v1\r\n")
            #expect(answer.status == 101 && answer.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(answer.fields["upgrade"] == "websocket" && answer.fields["connection"] == "Upgrade")
            #expect(answer.fields["sec-websocket-protocol"] == "parley.v1" && answer.fields["sec-websocket-extensions"] == nil)
            #expect(answer.fields["content-length"] == nil)
        }
    }

    @Test(arguments: [
        ("GET", "1.1", "", 426), ("GET", "1.1", "Upgrade: websocket\r\n", 426), ("GET", "1.1", "Connection: Upgrade\r\n", 426),
        ("GET", "1.1", "Upgrade: h2c\r\nConnection: Upgrade\r\n", 426), ("GET", "1.0", RawClient.handshake, 426),
        ("HEAD", "1.1", RawClient.handshake, 426),
        ("GET", "1.1", RawClient.handshake.replacing("13", with: "8"), 426),
        ("GET", "1.1", RawClient.handshake.replacing("13", with: "13, 8"), 426),
        ("GET", "1.1", RawClient.handshake.replacing("Sec-WebSocket-Version: 13\r\n", with: ""), 426),
        ("GET", "1.1", RawClient.handshake.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "dGhlIHNhbXBsZSBub25jZQ"), 400),
        ("GET", "1.1", RawClient.handshake.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "dGhlIHNhbXBsZSBub25jZR=="), 400),
        ("GET", "1.1", RawClient.handshake.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "c2hvcnQ="), 400),
        ("GET", "1.1", RawClient.handshake.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: ""), 400),
        ("GET", "1.1", RawClient.handshake + "Content-Length: 1\r\n", 400),
        ("POST", "1.1", RawClient.handshake, 405),
    ]) func `a handshake that is not in order is refused`(method: String, version: String, fields: String, status: Int) async throws {
        try await withSockets { sockets in
            let client = try sockets.server.client()
            try await client.send("\(method) /ws HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\(fields.contains("Length") ? "x" : "")")
            let answer = try await client.answer(toHead: method == "HEAD")
            #expect(answer.status == status)
            if status == 426 {
                #expect(answer.fields["sec-websocket-version"] == "13" && answer.fields["upgrade"] == "websocket")
                #expect(answer.fields["connection"]?.hasPrefix("Upgrade") == true)
            }
        }
    }

    @Test func `messages and pings are answered, in order and in pieces`() async throws {
        try await withSockets { sockets in
            let client = try await sockets.open()
            let stream =
                Frames.client(.text, "one") + Frames.client(.ping, "p") + Frames.client(.text, "t", isFinal: false)
                + Frames.client(.pong, "unasked")
                + Frames.client(.continuation, "wo")
            for byte in stream { try await client.send([byte]) }
            #expect(try await client.frame().text == "one!")
            #expect(try await client.frame() == .init(opcode: .pong, payload: [0x70]))
            #expect(try await client.frame().text == "two!")
        }
    }

    @Test(arguments: ["/ws", "/late"]) func `frames right behind the handshake are not lost`(_ path: String) async throws {
        try await withSockets { sockets in
            let client = try sockets.server.client()
            try await client.send(
                Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\(RawClient.handshake)\r\n".utf8) + Frames.client(.text, "early")
                    + Frames.client(.text, "bird"))
            #expect(try await client.answer().status == 101)
            #expect(try await client.frame().text == "early!")
            #expect(try await client.frame().text == "bird!")
        }
    }

    @Test func `the client's goodbye is answered with the same code`() async throws {
        try await withSockets { sockets in
            for (sent, answered) in [
                (Frames.close(1000, Array("bye".utf8)), 1000), (Frames.close(4999), 4999), (Frames.client(.close, ""), 0),
            ] {
                let client = try await sockets.open()
                try await client.send(sent + Frames.client(.text, "late"))
                #expect(
                    try await client.frame()
                        == .init(opcode: .close, payload: answered == 0 ? [] : [UInt8(answered >> 8), UInt8(answered & 255)]))
                #expect(try await client.readToEnd() == "")
            }
            #expect(try await sockets.ended.first() == .normal)
        }
    }

    @Test func `our goodbye is heard out`() async throws {
        try await withSockets { sockets in
            let client = try await sockets.open()
            try await client.send(Frames.client(.text, "goodbye"))
            let goodbye = try await client.frame()
            #expect(goodbye.code == 4001 && goodbye.payload.dropFirst(2).elementsEqual("you asked for it".utf8))
            try await client.send(Frames.client(.text, "nobody hears this") + Frames.close(4001))
            #expect(try await client.readToEnd() == "")
            #expect(try await sockets.ended.first() == 4001)
        }
    }

    @Test func `a goodbye that is not answered is enough after a while`() async throws {
        try await withSockets { _, timing in
            timing.closing = .milliseconds(100)
        } _: { sockets in
            let client = try await sockets.open()
            try await client.send(Frames.client(.text, "goodbye"))
            #expect(try await client.frame().code == 4001)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test(arguments: [
        (WebSocketEncoder.text([0x61]), 1002), (Frames.raw(0xC1, [0x61]), 1002), (Frames.client(.text, [0xC0, 0x80]), 1007),
        (Frames.header(0x82, length: 65_537, in: 8), 1009), (Frames.client(.binary, [1]), 1003), (Frames.close(1005), 1002),
    ]) func `whoever breaks the rules is told, and the connection ends`(frame: [UInt8], code: Int) async throws {
        try await withSockets { sockets in
            let client = try await sockets.open()
            try await client.send(frame + [UInt8](repeating: 0, count: 100_000))
            #expect(try await client.frame().code == code)
            if code == 1003 { try await client.send(Frames.close(1003)) }
            _ = try await client.readToEnd()
            #expect(try await sockets.ended.first().rawValue == UInt16(code))
        }
    }

    @Test func `a ping in moderation is welcome, a flood is not`() async throws {
        try await withSockets { sockets in
            let client = try await sockets.open()
            try await client.send((0..<200).flatMap { _ in Frames.client(.ping, "x") })
            var pongs = 0
            while true {
                let frame = try await client.frame()
                if frame.opcode == .close {
                    #expect(frame.code == 1008)
                    break
                }
                pongs += 1
            }
            #expect((10...20).contains(pongs))
        }
    }

    @Test func `a silent socket is pinged, and dropped when it stays silent`() async throws {
        try await withSockets { _, timing in
            timing.ping = .milliseconds(100)
            timing.silence = .milliseconds(1_000)
        } _: { sockets in
            let client = try await sockets.open()
            for _ in 0..<3 {
                #expect(try await client.frame().opcode == .ping)
                try await client.send(Frames.client(.pong, ""))
            }
            while (try? await client.frame())?.opcode == .ping {}
            #expect(try await sockets.ended.first() == .abnormal)
        }
    }

    @Test func `a reader that falls too far behind is let go, and told`() async throws {
        try await withSockets { _, timing in
            timing.closing = .seconds(60)
        } _: { sockets in
            let client = try await sockets.open()
            try await client.send(Frames.client(.text, "flood"))
            try await Task.sleep(for: .milliseconds(100))
            var messages = 0
            var last = try await client.frame()
            while last.opcode == .text {
                messages += 1
                last = try await client.frame()
            }
            #expect(last.code == 4010 && messages == 64)
            #expect(sockets.server.metric("parley_websocket_slow_readers_total") == "parley_websocket_slow_readers_total 1")
        }
    }

    @Test func `a lost connection is told as 1006`() async throws {
        try await withSockets { sockets in
            let client = try await sockets.open()
            client.finishSending()
            #expect(try await client.readToEnd() == "")
            #expect(try await sockets.ended.first() == .abnormal)
        }
    }

    @Test func `when the server stops, sockets are told to come back`() async throws {
        try await withSockets { sockets in
            let client = try await sockets.open()
            sockets.server.stop()
            #expect(try await client.frame().text == "reconnect")
            #expect(try await client.frame().code == 1012)
            try await client.send(Frames.close(1012))
            #expect(try await client.readToEnd() == "")
            await sockets.server.stopped()
            #expect(sockets.server.metric("parley_websocket_connections") == "parley_websocket_connections 0")
        }
    }

    @Test func `when the server stops, nothing more is read and what is owed is still sent`() async throws {
        try await withSockets { sockets in
            let client = try await sockets.open()
            try await client.send(Frames.client(.text, "owe"))
            try await client.send(Frames.client(.ping, "p"))
            #expect(try await client.frame().opcode == .pong)
            sockets.server.stop()
            #expect(try await client.frame().text == "reconnect")
            try await client.send(Frames.client(.text, "too late"))
            #expect(try await client.frame().text == "paid")
            #expect(try await client.frame().code == 1012)
            try await client.send(Frames.close(1012))
            #expect(try await client.readToEnd() == "")
            await sockets.server.stopped()
        }
    }

    @Test func `what is owed for too long is not waited for when the server stops`() async throws {
        try await withSockets { _, timing in
            timing.restart = .milliseconds(100)
        } _: { sockets in
            let client = try await sockets.open()
            try await client.send(Frames.client(.text, "owe for ever"))
            try await client.send(Frames.client(.ping, "p"))
            #expect(try await client.frame().opcode == .pong)
            sockets.server.stop()
            #expect(try await client.frame().text == "reconnect")
            #expect(try await client.frame().code == 1012)
        }
    }

    @Test func `a delegate that holds its client back does so behind another request, too`() async throws {
        let gate = Gate()
        var router = Router()
        router.mount([
            Route(.get, "/slow", "Takes until the gate opens.") { _, _ in
                await gate.passed()
                return .noContent
            },
            Route(.get, "/ws", "Sleeps first.", statuses: [101]) { request, _ in
                try .webSocket(request, WebSocketConfiguration()) { LateRiser($0) }
            },
        ])
        try await TestServer.run(router) { server in
            let client = try server.client()
            try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /ws HTTP/1.1\r\nHost: a\r\n\(RawClient.handshake)\r\n")
            await gate.reached()
            gate.open()
            #expect(try await client.answer().status == 204)
            #expect(try await client.answer().status == 101)
            try await client.send(Frames.client(.text, "hello"))
            #expect(try await client.frame().text == "awake")
        }
    }

    @Test func `a socket that opens while the server stops is told at once`() async throws {
        let gate = Gate()
        var router = Router()
        router.mount([
            Route(.get, "/ws", "Opens when the gate does.", statuses: [101]) { request, _ in
                await gate.passed()
                return try .webSocket(request, WebSocketConfiguration()) { _ in EchoSocket() }
            },
            Route(.get, "/idle", "Nothing.") { _, _ in .noContent },
        ])
        try await TestServer.run(router) { server in
            let idle = try server.client()
            try await idle.send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await idle.answer().status == 204)
            let client = try server.client()
            try await client.send("GET /ws HTTP/1.1\r\nHost: a\r\n\(RawClient.handshake)\r\n")
            await gate.reached()
            server.stop()
            #expect(try await idle.readToEnd() == "")
            gate.open()
            #expect(try await client.answer().status == 101)
            #expect(try await client.frame().code == 1012)
            try await client.send(Frames.close(1012))
            #expect(try await client.readToEnd() == "")
            await server.stopped()
        }
    }

    @Test func `an echo compresses for those who ask for it`() async throws {
        try await withSockets { sockets in
            let client = try sockets.server.client()
            let answer = try await client.upgrade(
                "/__echo", "Sec-WebSocket-Extensions: x-odd, permessage-deflate; client_max_window_bits\r\n")
            #expect(
                answer.fields["sec-websocket-extensions"] == "permessage-deflate; server_no_context_takeover; client_no_context_takeover")
            let text = String(repeating: "parley ", count: 20_000)
            let deflated = Array(text.utf8).withUnsafeBytes { WebSocketDeflater().deflate($0) } ?? []
            try await client.send(deflated.withUnsafeBytes { WebSocketEncoder.frame(.text, $0, isCompressed: true, mask: Frames.key) })
            let start = try await client.read(4)
            #expect(start[0] == 0xC1)
            let length = start[1] == 126 ? Int(start[2]) << 8 | Int(start[3]) : Int(start[1])
            let rest = try await client.read(start[1] == 126 ? length : length - 2)
            let payload = (start[1] == 126 ? [] : Array(start[2...])) + rest
            let inflated = try payload.withUnsafeBytes { try WebSocketInflater().inflate($0, limit: 1 << 20, ratio: 1_000) }
            #expect(String(decoding: inflated, as: UTF8.self) == text)
        }
    }

    @Test func `a burst arrives whole, and two loops serve side by side`() async throws {
        try await withSockets { sockets in
            for _ in 0..<8 {
                let client = try await sockets.open()
                try await client.send(Frames.client(.text, "burst"))
                for number in 0..<100 { #expect(try await client.frame().text == "\(number)") }
            }
        }
    }
}
