import Glibc

/// Lines for people, written at once: several processes write to one terminal, and any of them may end without warning.
enum Console {
    static func say(_ line: String) { put(Array((line + "\n").utf8), to: STDOUT_FILENO) }

    static func complain(_ line: String) { put(Array((line + "\n").utf8), to: STDERR_FILENO) }

    /// Writes all of it, unless nobody reads any more.
    static func put(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
