internal import Crypto

/// One file in memory, in both its forms.
public struct StaticFile: Sendable {
    private struct Form: Sendable {
        let bytes: [UInt8]
        /// A strong validator: a hash of the content, and a mark for the form (RFC 9110 §8.8.3.3).
        let entityTag: HeaderValue
    }

    private let contentType: HeaderValue
    private let plain: Form
    private let gzipped: Form?

    /// - Parameter name: its ending says what it holds.
    public init(name: String, bytes: [UInt8]) {
        let mediaType = MediaType.ofFile(named: name)
        contentType = mediaType.value
        let hash = Base64.url.encode(Array(SHA256.digest(of: bytes).bytes.prefix(15)))
        func tag(_ mark: String) -> HeaderValue { HeaderValue("\"\(hash)\(mark)\"") ?? "\"\"" }
        plain = Form(bytes: bytes, entityTag: tag(""))
        gzipped = mediaType.isCompressible ? Gzip.compress(bytes).map { Form(bytes: $0, entityTag: tag(".gz")) } : nil
    }

    /// The file, or 304 to a client that has it.
    public func response(to head: RequestHead, _ headers: [HeaderField]) -> Response {
        var form = plain
        var fields = headers
        if let gzipped {
            fields.append(HeaderField(.vary, "Accept-Encoding"))
            if head.acceptsGzip {
                form = gzipped
                fields.append(HeaderField(.contentEncoding, "gzip"))
            }
        }
        fields.append(HeaderField(.eTag, form.entityTag))
        if head.hasAlready(form.entityTag.text) { return Response(304, headers: fields) }
        return Response(200, contentType: contentType, headers: fields, body: .bytes(form.bytes))
    }
}
