/// An answer while it arrives: lines of head, then bytes of body.
package struct ResponseAssembly: Sendable {
    /// Why no more is taken.
    package enum Refusal: Sendable, Equatable {
        case headTooLarge, bodyTooLarge, malformed
    }

    private enum Place { case statusLine, fields, body }

    private let headLimit: Int
    private let bodyLimit: Int
    private var place = Place.statusLine
    private var headSize = 0
    private var status = 0
    private var version = HTTPClientResponse.Version.http1
    private var headers: [HTTPClientHeader] = []
    private var body: [UInt8] = []
    package private(set) var refusal: Refusal?

    package init(headLimit: Int, bodyLimit: Int) {
        self.headLimit = headLimit
        self.bodyLimit = bodyLimit
    }

    /// Takes one line of a head, its line end included. Answers whether to go on.
    package mutating func receive(headLine line: UnsafeRawBufferPointer) -> Bool {
        headSize += line.count
        guard refusal == nil, headSize <= headLimit else { return refuse(.headTooLarge) }
        var text = line[...]
        while let last = text.last, last == 0x0A || last == 0x0D { text.removeLast() }
        switch place {
        case .statusLine: return readStatus(text)
        case .fields:
            if text.isEmpty { place = .body } else { readField(text) }
            return true
        case .body:
            // An interim answer (RFC 9110 §15.2) is followed by another head; what else comes here are trailers.
            return 100...199 ~= status ? readStatus(text) : true
        }
    }

    /// Takes bytes of the body. Answers whether to go on.
    package mutating func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard refusal == nil, body.count + bytes.count <= bodyLimit else { return refuse(.bodyTooLarge) }
        body.append(contentsOf: bytes)
        return true
    }

    /// The answer, once its end has come; `nil` if that was no answer.
    package var response: HTTPClientResponse? {
        guard refusal == nil, place == .body, 200...999 ~= status else { return nil }
        return HTTPClientResponse(status: status, version: version, headers: headers, body: body)
    }

    /// `HTTP/1.1 200 OK` or `HTTP/2 200`.
    private mutating func readStatus(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].starts(with: "HTTP/".utf8), parts[1].count == 3,
            let number = Int(String(decoding: parts[1], as: UTF8.self)), 100...999 ~= number
        else { return refuse(.malformed) }
        status = number
        version = parts[0].elementsEqual("HTTP/2".utf8) ? .http2 : .http1
        headers = []
        place = .fields
        return true
    }

    /// `Name: value`. A line without a colon, or folded (RFC 9112 §5.2), tells nothing.
    private mutating func readField(_ line: Slice<UnsafeRawBufferPointer>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex, line.first != 0x20, line.first != 0x09 else {
            return
        }
        var value = line[line.index(after: colon)...]
        while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        headers.append(HTTPClientHeader(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }

    private mutating func refuse(_ reason: Refusal) -> Bool {
        refusal = refusal ?? reason
        return false
    }
}
