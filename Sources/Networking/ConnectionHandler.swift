/// Whoever understands what arrives on a connection. Everything is called on the connection's loop.
public protocol ConnectionHandler: AnyObject {
    /// Bytes arrived. They are lent for the call: copy what must stay.
    func connection(_ connection: TCPConnection, received bytes: UnsafeRawBufferPointer)

    /// The peer will send nothing more, but may still read. Unless the handler wants to answer first, it calls ``TCPConnection/finish()``.
    func connectionInputEnded(_ connection: TCPConnection)

    /// Bytes that had to wait, for a peer that reads slowly or for the TLS handshake, have all been handed to the kernel.
    func connectionDrained(_ connection: TCPConnection)

    /// The connection is closed. Called exactly once, last, and after it the connection forgets its handler.
    ///
    /// - Parameter error: what broke it; `nil` for an end in good order or one that the handler asked for.
    func connectionEnded(_ connection: TCPConnection, error: NetworkError?)
}
