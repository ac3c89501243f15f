/// One request and its answer, from the head on. Belongs to its connection.
final class Exchange {
    /// `nil` for a stream that never became a request.
    let head: RequestHead?
    let requestID: String
    let began = ContinuousClock.now
    /// `nil` when no route answers.
    var endpoint: Endpoint?
    var parameters: [Range<Int>] = []
    /// What has been collected of the body.
    var body: [UInt8] = []
    /// For routes that stream it.
    var bodyBuffer: BodyBuffer?
    /// Whether the handler is at work.
    var isHandling = false
    /// Whether the whole request has been read.
    var isComplete = false

    init(head: RequestHead?, requestID: String) {
        self.head = head
        self.requestID = requestID
    }

    var isHead: Bool { head?.method == .head }
}
