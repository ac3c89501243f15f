import Glibc

/// TCP ports of 127.0.0.1.
enum LoopbackPort {
    /// Below the ports that Linux gives to outgoing connections (32768 and up), so that none of those can take it meanwhile.
    static let choice = 20000..<32000

    /// Whether a listener could have the port now.
    static func isFree(_ port: UInt16) -> Bool {
        withSocket(port) { socket, address, length in
            var yes: Int32 = 1
            // No SO_REUSEPORT: with it two services of one user would share the port and each get half of the connections.
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return bind(socket, address, length) == 0 && listen(socket, 1) == 0
        }
    }

    /// Takes a port that nobody else has, as ``claim(_:)`` does.
    static func claimAny() throws(DevFailure) -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16.random(in: UInt16(choice.lowerBound)..<UInt16(choice.upperBound))
            if tryClaim(port) { return port }
        }
        throw DevFailure("no free port between \(choice.lowerBound) and \(choice.upperBound)")
    }

    /// Takes the port that a file remembers of the last time where it is still free, else another one.
    static func claim(rememberedIn file: String) throws(DevFailure) -> UInt16 {
        if let line = Files.read(file)?.split(separator: "\n").first, let port = UInt16(line), tryClaim(port) { return port }
        let port = try claimAny()
        try Files.write("\(port)\n", to: file, mode: 0o644)
        return port
    }

    /// Takes a port for what this process will start, until it ends in whatever way.
    ///
    /// Its server listens only once the database is up; meanwhile a name in the abstract socket namespace keeps another
    /// `parley dev` from choosing the same port.
    ///
    /// - Throws: ``DevFailure`` if the port is taken.
    static func claim(_ port: UInt16) throws(DevFailure) {
        guard tryClaim(port) else {
            throw DevFailure("port \(port) is in use: end what listens there, or choose another one with PARLEY_PORT")
        }
    }

    /// The same; answers whether it is this process's now.
    static func tryClaim(_ port: UInt16) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A leading zero byte makes the name abstract: no file, and gone with the process.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\0parley-port-\(port)".utf8) }
        let holder = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let isOurs = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(holder, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        if isOurs, isFree(port) { return true }
        close(holder)
        return false
    }

    /// Whether an HTTP server answers `GET path` with 200 within a second.
    static func answersOK(_ port: UInt16, path: String) -> Bool {
        answers(port, "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n", with: "HTTP/1.1 200 ")
    }

    /// Whether a server answers `request`, within a second, with what begins like `beginning`.
    static func answers(_ port: UInt16, _ request: String, with beginning: String) -> Bool {
        withSocket(port) { socket, address, length in
            var limit = timeval(tv_sec: 1, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
            guard connect(socket, address, length) == 0 else { return false }
            guard send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count else { return false }
            let answer = [UInt8](unsafeUninitializedCapacity: beginning.utf8.count) { buffer, count in
                count = max(0, recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_WAITALL)))
            }
            return answer.elementsEqual(beginning.utf8)
        }
    }

    private static func withSocket(_ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
