/// Why a connection could not be made or came to its end.
public struct NetworkError: Error, Sendable {
    public enum Code: Sendable {
        /// The name of a host or interface means nothing here.
        case unresolvable
        /// Another process listens there.
        case addressInUse
        /// The kernel refused a call; `errno` says why.
        case system
        /// The peer broke the rules of TLS, or its certificate is not to be trusted.
        case tls
        /// The peer did not finish the TLS handshake, or did not answer, in time.
        case timedOut
    }

    public let code: Code
    /// As in `errno.h`; 0 where the kernel had no part in it.
    public let errno: Int32

    public init(_ code: Code, errno: Int32 = 0) {
        self.code = code
        self.errno = errno
    }
}
