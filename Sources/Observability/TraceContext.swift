/// Where a piece of work belongs in a distributed trace. Source: W3C Trace Context (Recommendation of 23 November 2021).
public struct TraceContext: Sendable, Hashable {
    /// Names the whole trace; never 0.
    public let traceID: UInt128
    /// Names the caller's part of the work; never 0.
    public let parentID: UInt64
    /// Trace flags, §3.2.2.5. Only ``sampledFlag`` has a meaning; the others are not passed on.
    public let flags: UInt8
    /// What other vendors carry along, as a `tracestate` header that is valid and has at most 512 characters; `nil` if there was none.
    public let traceState: String?

    /// The caller may have recorded trace data.
    public static let sampledFlag: UInt8 = 0x01

    /// Reads a caller's headers. A `tracestate` that breaks the rules is left out, a `traceparent` that does is refused (§3.3.1.1, §4.3):
    /// then the trace begins anew with ``fresh(using:)``.
    ///
    /// - Parameters:
    ///   - traceparent: The value of the one `traceparent` header; whoever finds two has none.
    ///   - traceState: The values of all `tracestate` headers in order, joined by commas.
    public init?(traceparent: String, traceState: String? = nil) {
        guard let parent = Traceparent(traceparent) else { return nil }
        traceID = parent.traceID
        parentID = parent.parentID
        flags = parent.flags & Self.sampledFlag
        self.traceState = traceState.flatMap(TraceState.validated)
    }

    private init(traceID: UInt128, parentID: UInt64, flags: UInt8, traceState: String?) {
        self.traceID = traceID
        self.parentID = parentID
        self.flags = flags
        self.traceState = traceState
    }

    /// The beginning of a trace that nobody samples yet.
    public static func fresh() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return fresh(using: &generator)
    }

    public static func fresh(using generator: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(
            traceID: .random(in: 1...(.max), using: &generator), parentID: .random(in: 1...(.max), using: &generator), flags: 0,
            traceState: nil)
    }

    /// The context to hand on: the same trace, with a new name for our own part of the work.
    public func child() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return child(using: &generator)
    }

    public func child(using generator: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(traceID: traceID, parentID: .random(in: 1...(.max), using: &generator), flags: flags, traceState: traceState)
    }

    public var isSampled: Bool { flags & Self.sampledFlag != 0 }

    /// The trace's name as logs tell it: 32 lower-case hexadecimal digits.
    public var traceIDText: String { Self.hex(traceID) }

    /// The header for whom we call, in version 00.
    public var traceparent: String { "00-\(Self.hex(traceID))-\(Self.hex(parentID))-\(Self.hex(flags))" }

    private static func hex<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) -> String {
        let digits = Value.bitWidth / 4
        return String(unsafeUninitializedCapacity: digits) { text in
            for index in 0..<digits {
                text[index] = UInt8(hexDigitOf: UInt8(truncatingIfNeeded: value >> (4 * (digits - 1 - index))) & 0xF)
            }
            return digits
        }
    }
}
