/// Reads HTTP/1.1 responses from a stream: what a load generator needs of RFC 9112 and no more.
///
/// It knows bodies by `Content-Length` and in chunks, and fails on everything else.
struct ResponseReader {
    struct Response {
        let status: Int
        /// Lower-case names and their values, in order.
        let fields: [(name: String, value: String)]
        var body: [UInt8] = []

        subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    private enum State {
        case head
        case body(Response, remaining: Int)
        case chunkSize(Response)
        case chunk(Response, remaining: Int)
        case trailer(Response)
    }

    /// The stream is no HTTP that we understand.
    struct Fault: Error {}

    private static let largestHead = 16_384

    private var state = State.head
    private var input: [UInt8] = []
    private var position = 0

    /// Bytes that arrived and belong to no response: the beginning of another protocol, after a response with status 101.
    var rest: ArraySlice<UInt8> { input[position...] }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if position == input.count {
            input.removeAll(keepingCapacity: true)
            position = 0
        }
        input.append(contentsOf: bytes)
    }

    /// The next whole response, or `nil` until more has arrived.
    mutating func next() throws(Fault) -> Response? {
        while true {
            switch state {
            case .head:
                guard let response = try head() else { return nil }
                if response.status == 101 || response.status == 204 || response.status == 304 { return response }
                if response["transfer-encoding"] == "chunked" {
                    state = .chunkSize(response)
                } else if let length = response["content-length"].flatMap({ Int($0) }), length >= 0 {
                    state = .body(response, remaining: length)
                } else {
                    throw Fault()
                }
            case .body(var response, let remaining):
                let left = take(remaining, into: &response.body)
                state = .body(response, remaining: left)
                guard left == 0 else { return nil }
                state = .head
                return response
            case .chunkSize(let response):
                guard let line = try line() else { return nil }
                guard let size = Int(line.prefix { $0 != ";" }, radix: 16), size >= 0 else { throw Fault() }
                state = size == 0 ? .trailer(response) : .chunk(response, remaining: size)
            case .chunk(var response, let remaining):
                let left = take(remaining, into: &response.body)
                state = .chunk(response, remaining: left)
                guard left == 0, let line = try line() else { return nil }
                guard line.isEmpty else { throw Fault() }
                state = .chunkSize(response)
            case .trailer(let response):
                guard let line = try line() else { return nil }
                guard line.isEmpty else { continue }
                state = .head
                return response
            }
        }
    }

    private mutating func head() throws(Fault) -> Response? {
        guard let end = endOfHead() else {
            if input.count - position > Self.largestHead { throw Fault() }
            return nil
        }
        let lines = String(decoding: input[position..<end], as: UTF8.self).split(separator: "\r\n")
        position = end + 4
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3)) else { throw Fault() }
        var fields: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw Fault() }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields.append((line[..<colon].lowercased(), String(value)))
        }
        return Response(status: status, fields: fields)
    }

    /// Where the empty line begins that ends the head.
    private func endOfHead() -> Int? {
        var index = position
        while index + 3 < input.count {
            if input[index] == 13, input[index + 1] == 10, input[index + 2] == 13, input[index + 3] == 10 { return index }
            index += 1
        }
        return nil
    }

    private mutating func line() throws(Fault) -> String? {
        guard let end = input[position...].firstIndex(of: 10) else {
            if input.count - position > Self.largestHead { throw Fault() }
            return nil
        }
        guard end > position, input[end - 1] == 13 else { throw Fault() }
        defer { position = end + 1 }
        return String(decoding: input[position..<(end - 1)], as: UTF8.self)
    }

    /// Moves what is there of a body.
    ///
    /// - Returns: how many bytes are still to come.
    private mutating func take(_ count: Int, into body: inout [UInt8]) -> Int {
        let present = min(count, input.count - position)
        body += input[position..<(position + present)]
        position += present
        return count - present
    }
}
