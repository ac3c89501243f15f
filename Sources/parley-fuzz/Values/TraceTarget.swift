import Observability

/// The headers of W3C Trace Context.
struct TraceTarget: TextFuzzTarget {
    let vocabulary = [
        "00-", "-01", "-00", "ff-", "01-", "-", "0000000000000000", "g", "A", ",", "=", "a=b", "tenant@vendor=1", " ", "\t", "é", "\n",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        let parent = "00-\(random.text(32, of: "0123456789abcdef"))-\(random.text(16, of: "0123456789abcdef"))-0\(random.below(4))"
        var members: [String] = []
        while random.oneIn(2) {
            members.append("\(random.text(1 + random.size(upTo: 20), of: "abcxyz0129_-*/@"))=\(random.text(random.size(upTo: 300)))")
        }
        return parent + "\n" + members.joined(separator: random.pick([",", ", ", ",,"]))
    }

    func check(_ text: String) throws -> Verdict {
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let trace = TraceContext(traceparent: parts[0], traceState: parts.count > 1 ? parts[1] : nil) else { return .rejected() }
        try require(trace.traceID != 0 && trace.parentID != 0, "an id that is all zeros")
        try require(
            TraceContext(traceparent: trace.traceparent, traceState: trace.traceState) == trace, "written and read it is another trace")
        let state = trace.traceState ?? ""
        try require(
            state.utf8.count <= 512 && state.utf8.allSatisfy { $0 == 0x09 || 0x20...0x7E ~= $0 }, "a trace state that may not be passed on")
        return .accepted(trace.traceState == nil ? "" : "state")
    }
}
