import Networking
import Runtime
import Synchronization

/// A server that answers with whatever bytes a test has for it, be they HTTP or not.
final class ScriptedServer: Sendable {
    /// Called on the connection's loop for each request: its head, and the body that came with it.
    typealias Script = @Sendable (_ request: String, _ connection: TCPConnection) -> Void

    struct Counts: Sendable {
        var connections = 0
        var open = 0
        var mostOpen = 0
        var requests: [String] = []
    }

    private let counts = Mutex(Counts())
    private let listener = Mutex<TCPListener?>(nil)

    var seen: Counts { counts.withLock { $0 } }
    var port: UInt16 { listener.withLock { $0?.address.port ?? 0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    init(on group: EventLoopGroup, host: String = "127.0.0.1", port: UInt16 = 0, tls: TLSContext? = nil, _ script: @escaping Script)
        async throws
    {
        let made = try await TCPListener(host: host, port: port, group: group, tls: tls) { [weak self] connection in
            guard let self else { return connection.abort() }
            counts.withLock { counts in
                counts.connections += 1
                counts.open += 1
                counts.mostOpen = max(counts.mostOpen, counts.open)
            }
            connection.handler = Visitor(self, script)
        }
        listener.withLock { $0 = made }
    }

    func close() async { await listener.withLock { $0 }?.close() }

    fileprivate func noted(_ request: String) { counts.withLock { $0.requests.append(request) } }
    fileprivate func left() { counts.withLock { $0.open -= 1 } }
}

private final class Visitor: ConnectionHandler {
    private let server: ScriptedServer
    private let script: ScriptedServer.Script
    private var pending = ""

    init(_ server: ScriptedServer, _ script: @escaping ScriptedServer.Script) {
        self.server = server
        self.script = script
    }

    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer) {
        pending += String(decoding: bytes, as: UTF8.self)
        guard let end = pending.firstRange(of: "\r\n\r\n") else { return }
        let length = pending[..<end.lowerBound].split(separator: "\r\n").lazy.compactMap { line in
            line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
        }
        guard pending[end.upperBound...].utf8.count >= length.first ?? 0 else { return }
        let request = pending
        pending = ""
        server.noted(request)
        script(request, connection)
    }

    func connectionInputEnded(_ connection: TCPConnection) { connection.finish() }
    func connectionDrained(_ connection: TCPConnection) {}
    func connectionEnded(_ connection: TCPConnection, error: NetworkError?) { server.left() }
}

extension TCPConnection {
    func write(_ text: String) { write(Array(text.utf8)) }

    /// An answer in good order.
    func answer(_ body: String, status: String = "200 OK", headers: String = "") {
        write("HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}
