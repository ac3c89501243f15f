import Glibc
import Runtime

/// A client that sends exactly the bytes it is told to, however wrong, and shows exactly what comes back.
///
/// `@unchecked Sendable`: a test uses it from one task; the blocking calls run on threads of their own, one at a time.
final class RawClient: @unchecked Sendable {
    struct Answer: Equatable, CustomStringConvertible {
        var status: Int
        /// Lower-case names; the last of a repeated field wins.
        var fields: [String: String]
        var body: String

        var description: String { "\(status) \(fields) \(body)" }
    }

    private static let threads = BlockingPool(name: "raw-client", threads: 8, queueLimit: 1_000)

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// - Parameter opening: is sent at once, however many calls wait for a thread.
    init(port: Int, saying opening: String = "") throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else { throw ClientError.notConnected }
        if !opening.isEmpty { _ = Glibc.send(descriptor, opening, opening.utf8.count, Int32(MSG_NOSIGNAL)) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    enum ClientError: Error {
        case notConnected
        /// The server closed in the middle of what was expected.
        case ended
        /// Nothing came for a minute.
        case silence
        case malformed
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        let descriptor = descriptor
        try await Self.threads.run {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }  // the server has closed: what it answered is still to be read
                sent += count
            }
        }
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Takes exactly `count` bytes.
    func read(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count { guard try await receive() else { throw ClientError.ended } }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// Takes everything until the server closes.
    func readToEnd() async throws -> String {
        while try await receive() {}
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Takes one response.
    func answer(toHead: Bool = false) async throws -> Answer {
        var end = Self.endOfHead(buffer)
        while end == nil {
            guard try await receive() else { throw ClientError.ended }
            end = Self.endOfHead(buffer)
        }
        let lines = String(decoding: try await read(end ?? 0), as: UTF8.self).split(separator: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { throw ClientError.malformed }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ": ", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.count > 1 ? String(parts[1]) : ""
        }
        var body: [UInt8] = []
        if toHead || status == 204 || status == 304 || status < 200 {
        } else if let length = fields["content-length"].flatMap({ Int($0) }) {
            body = try await read(length)
        } else if fields["transfer-encoding"] == "chunked" {
            body = try await readChunks()
        } else {
            return Answer(status: status, fields: fields, body: try await readToEnd())
        }
        return Answer(status: status, fields: fields, body: String(decoding: body, as: UTF8.self))
    }

    private func readChunks() async throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            var line = ""
            while !line.hasSuffix("\r\n") { line += String(decoding: try await read(1), as: UTF8.self) }
            guard let size = Int(line.dropLast(), radix: 16) else { throw ClientError.malformed }
            body += try await read(size)
            guard try await read(2) == [13, 10] else { throw ClientError.malformed }
            if size == 0 { return body }
        }
    }

    /// - Returns: `false` when the server has closed.
    private func receive() async throws -> Bool {
        let descriptor = descriptor
        let piece: [UInt8]? = try await Self.threads.run {
            var piece = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &piece, piece.count, 0)
            if count < 0, errno == EAGAIN { throw ClientError.silence }
            return count > 0 ? Array(piece.prefix(count)) : nil
        }
        buffer += piece ?? []
        return piece != nil
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
    }
}
