/// The answer of another server, whole.
public struct HTTPClientResponse: Sendable {
    public enum Version: Sendable {
        case http1
        case http2
    }

    public let status: Int
    public let version: Version
    /// In the order in which they came. Bytes that are not UTF-8 come out as U+FFFD. Trailers are left out.
    public let headers: [HTTPClientHeader]
    /// As it was sent: a content coding is not undone.
    public let body: [UInt8]

    /// The value of the first field of that name, whatever its case.
    public subscript(_ name: String) -> String? { headers.first { $0.isNamed(name) }?.value }
}
