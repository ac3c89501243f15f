internal import CZlib

/// Compresses messages (RFC 7692), each from a fresh state. Owns the zlib stream; belongs to its loop.
public final class WebSocketDeflater {
    private let stream: OpaquePointer

    public init() {
        guard let stream = czlib_deflater_new() else { preconditionFailure("no memory for zlib") }
        self.stream = stream
    }

    deinit { czlib_deflater_free(stream) }

    /// The compressed form of a message, as the payload of its frame; `nil` when it is no smaller.
    package func deflate(_ message: UnsafeRawBufferPointer) -> [UInt8]? {
        let capacity = czlib_deflate_bound(message.count)
        var outcome = CZLIB_FULL
        var deflated = [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
            outcome = czlib_deflate(stream, message.baseAddress, message.count, memory.baseAddress, capacity, &count)
        }
        guard outcome == CZLIB_DONE, deflated.suffix(4) == [0x00, 0x00, 0xFF, 0xFF], deflated.count - 4 < message.count else { return nil }
        deflated.removeLast(4)
        return deflated
    }
}
