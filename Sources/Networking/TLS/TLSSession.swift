internal import CTLS

/// The TLS state of one connection: ciphertext in, plaintext out, and back. Owns the `SSL`.
final class TLSSession {
    enum Outcome {
        /// All that arrived has been read.
        case waiting
        /// The peer said that it will send no more (close_notify).
        case ended
        case failed
    }

    /// Bytes of plaintext handed over at a time: a TLS record holds no more (RFC 8446 §5.1).
    private static let recordSize = 16_384

    private let session: OpaquePointer

    /// - Parameter host: the server's name for a client; `nil` for a server.
    init(_ context: TLSContext, host: String?) throws(NetworkError) {
        guard let session = ctls_session_new(context.context, host) else { throw NetworkError(.tls) }
        self.session = session
    }

    deinit { ctls_session_free(session) }

    var isEstablished: Bool { ctls_is_established(session) == 1 }

    /// A client speaks first; a server has nothing to say yet.
    func start() { ctls_start(session) }

    /// Takes ciphertext and lends the plaintext in it to `deliver`, which answers whether to go on.
    func receive(_ ciphertext: UnsafeRawBufferPointer, deliver: (UnsafeRawBufferPointer) -> Bool) -> Outcome {
        ctls_lend(session, ciphertext.baseAddress, ciphertext.count)
        return withUnsafeTemporaryAllocation(byteCount: Self.recordSize, alignment: 16) { buffer in
            while true {
                let count = ctls_read(session, buffer.baseAddress, buffer.count)
                guard count >= 0 else {
                    return count == CTLS_WAITS ? .waiting : count == CTLS_ENDED ? .ended : .failed
                }
                guard deliver(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return .waiting }
            }
        }
    }

    /// Encrypts `plaintext`. Answers `false` while the handshake is under way: try again after more has arrived.
    func send(_ plaintext: UnsafeRawBufferPointer) -> Bool {
        ctls_write(session, plaintext.baseAddress, plaintext.count) == 0
    }

    /// The ciphertext that waits to be sent, or `nil`.
    func takeOutput() -> [UInt8]? {
        var count = 0
        guard let bytes = ctls_output(session, &count), count > 0 else { return nil }
        defer { ctls_output_taken(session) }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// The farewell (close_notify) that belongs in front of the end.
    func goodbye() -> [UInt8]? {
        ctls_say_goodbye(session)
        return takeOutput()
    }
}
