/// Writes the body of a streamed response, piece by piece, on the loop of its connection.
public struct ResponseBodyWriter: Sendable {
    let connection: HTTPConnection
    /// Without chunks the body ends with the connection.
    let isChunked: Bool

    /// Sends a piece, and waits while the reader is too far behind.
    ///
    /// - Throws: ``ConnectionLost`` when the peer went away: stop working for it.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }  // an empty chunk would end the body
        try await connection.writeBody(isChunked ? ResponseEncoder.chunk(bytes) : bytes)
    }
}
