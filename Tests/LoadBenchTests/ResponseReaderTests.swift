import Testing

@testable import LoadBench

@Suite struct ResponseReaderTests {
    /// Reads all responses of a stream that arrives in pieces of `size` bytes.
    private func read(_ text: String, pieces size: Int) throws -> (responses: [ResponseReader.Response], rest: String) {
        var reader = ResponseReader()
        var responses: [ResponseReader.Response] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { reader.append($0) }
            while let response = try reader.next() {
                responses.append(response)
                if response.status == 101 { break }
            }
        }
        return (responses, String(decoding: reader.rest, as: UTF8.self))
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `bodies of a length and in chunks are read, however they are cut`(_ size: Int) throws {
        let stream =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
            + "HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n, worlds!!\r\n0\r\nTrailer: x\r\n\r\n"
            + "HTTP/1.1 204 No Content\r\n\r\n"
        let responses = try read(stream, pieces: size).responses
        #expect(responses.map(\.status) == [200, 404, 200, 204])
        #expect(responses.map { String(decoding: $0.body, as: UTF8.self) } == ["hello", "", "hello, worlds!!", ""])
        #expect(responses.first?["content-type"] == "text/plain")
    }

    @Test func `what follows an upgrade is left for the other protocol`() throws {
        let (responses, rest) = try read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}frames", pieces: 1_000)
        #expect(responses.map(\.status) == [101])
        #expect(rest == "\u{1}\u{2}frames")
    }

    @Test(arguments: [
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
    ])
    func `what cannot be understood is a fault`(_ text: String) {
        #expect(throws: ResponseReader.Fault.self) { try read(text, pieces: 1_000) }
    }
}
