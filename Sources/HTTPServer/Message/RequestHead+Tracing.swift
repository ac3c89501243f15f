internal import Observability

extension RequestHead {
    /// The client's own name for the request, if it is one that may stand in a log: letters, digits, `_` and `-`, at most 64.
    var acceptableRequestID: String? {
        guard let id = self[.xRequestID], (1...64).contains(id.utf8.count) else { return nil }
        let isPlain = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain ? id : nil
    }

    /// Where the request belongs in a trace that its caller began; `nil` when it names none, or two.
    var callersTrace: TraceContext? {
        guard contains(.traceparent) else { return nil }
        let parents = values(.traceparent)
        guard parents.count == 1 else { return nil }
        let states = values(.tracestate)
        return TraceContext(traceparent: parents[0], traceState: states.isEmpty ? nil : states.joined(separator: ","))
    }
}
