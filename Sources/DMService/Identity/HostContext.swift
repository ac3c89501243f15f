internal import HTTPServer

/// What a handler knows of the host app's own servers. A handler that takes one cannot be reached without an API key.
struct HostContext: RequestContext {
    static let caller: Caller = "host"

    /// The name of the key that they brought.
    let key: String
}
