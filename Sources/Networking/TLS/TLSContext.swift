internal import CTLS

/// Certificates and settings of TLS 1.3 that many connections share.
///
/// `@unchecked Sendable`: an `SSL_CTX` is not changed after `init`, and OpenSSL counts its references under a lock.
public final class TLSContext: @unchecked Sendable {
    let context: OpaquePointer

    private init(owning context: OpaquePointer) { self.context = context }

    deinit { ctls_context_free(context) }

    /// - Parameters:
    ///   - certificateChain: path of a PEM file, the server's own certificate first.
    ///   - privateKey: path of its PEM file.
    /// - Throws: ``TLSConfigurationError`` with the library's reason.
    public static func server(certificateChain: String, privateKey: String) throws(TLSConfigurationError) -> TLSContext {
        try make { ctls_server_context(certificateChain, privateKey, $0, $1) }
    }

    /// - Parameter authority: path of a PEM file to trust; the system's store when `nil`.
    public static func client(authority: String? = nil) throws(TLSConfigurationError) -> TLSContext {
        try make { ctls_client_context(1, authority, $0, $1) }
    }

    /// A client that trusts whoever answers: for tests and load generators on loopback.
    public static func unverifiedClient() throws(TLSConfigurationError) -> TLSContext {
        try make { ctls_client_context(0, nil, $0, $1) }
    }

    private static func make(_ create: (UnsafeMutablePointer<CChar>?, Int) -> OpaquePointer?) throws(TLSConfigurationError) -> TLSContext {
        var reason = [CChar](repeating: 0, count: 256)
        guard let context = reason.withUnsafeMutableBufferPointer({ create($0.baseAddress, $0.count) }) else {
            throw TLSConfigurationError(reason: String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return TLSContext(owning: context)
    }
}

/// A certificate or key that cannot be used.
public struct TLSConfigurationError: Error, Sendable {
    /// OpenSSL's words.
    public let reason: String
}
