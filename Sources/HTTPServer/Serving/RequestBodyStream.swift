/// The body of a request while it arrives, for routes whose ``BodyPolicy`` is `streamed`. Read it once, on the loop.
///
/// The peer is made to wait while nobody reads.
public struct RequestBodyStream: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = any Error

    let buffer: BodyBuffer

    public func makeAsyncIterator() -> Iterator { Iterator(buffer: buffer) }

    public struct Iterator: AsyncIteratorProtocol {
        let buffer: BodyBuffer

        /// The next piece, or `nil` after the last.
        ///
        /// - Throws: ``HTTPError`` when the rest is malformed, too large or too slow; ``ConnectionLost`` when the peer went away.
        public mutating func next() async throws -> [UInt8]? { try await buffer.next() }
    }
}
