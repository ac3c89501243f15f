internal import CZlib

/// Inflates compressed messages (RFC 7692), each from a fresh state, so that one inflater serves all sockets of a loop
/// and an idle socket owns none. Owns the zlib stream; belongs to its loop.
public final class WebSocketInflater {
    private let stream: OpaquePointer

    /// What a small message may grow to, whatever its ratio. Source: RELIABILITY §3.13.
    private static let allowance = 65_536

    public init() {
        guard let stream = czlib_inflater_new() else { preconditionFailure("no memory for zlib") }
        self.stream = stream
    }

    deinit { czlib_inflater_free(stream) }

    /// Inflates a whole message.
    ///
    /// - Parameters:
    ///   - limit: bytes that it may have in the end.
    ///   - ratio: how many times larger than its compressed form it may be, once it is larger than 64 KiB.
    /// - Throws: `messageTooBig` or `malformedCompression`.
    func inflate(_ message: UnsafeRawBufferPointer, limit: Int, ratio: Int) throws(WebSocketFault) -> [UInt8] {
        let (scaled, overflows) = message.count.multipliedReportingOverflow(by: ratio)
        let bound = min(limit, overflows ? limit : max(Self.allowance, scaled))
        var outcome = CZLIB_MALFORMED
        let inflated = [UInt8](unsafeUninitializedCapacity: bound + 1) { memory, count in
            outcome = czlib_inflate(stream, message.baseAddress, message.count, memory.baseAddress, bound + 1, &count)
        }
        switch outcome {
        case CZLIB_DONE: return inflated
        case CZLIB_FULL: throw .messageTooBig
        default: throw .malformedCompression
        }
    }
}
