internal import Observability

/// One request and its answer, from the head on.
struct Exchange {
    let head: RequestHead?
    /// `nil` when no route answers.
    var endpoint: Endpoint?
    var parameters: [Range<Int>] = []
    let requestID: String
    let trace: TraceContext
    let began = ContinuousClock.now
    /// What has been collected of the body.
    var body: [UInt8] = []
    /// For routes that stream it.
    var bodyBuffer: BodyBuffer?
    /// Whether the handler is at work.
    var isHandling = false
    /// Whether the whole request has been read.
    var isComplete = false

    var isHead: Bool { head?.method == .head }
}
