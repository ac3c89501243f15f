import Testing

@testable import HTTPClient

@Suite struct ResponseAssemblyTests {
    /// Feeds lines of head, then pieces of body.
    private func assemble(_ lines: [String], _ body: [String] = [], headLimit: Int = 1000, bodyLimit: Int = 1000) -> ResponseAssembly {
        var assembly = ResponseAssembly(headLimit: headLimit, bodyLimit: bodyLimit)
        for line in lines { guard Array((line + "\r\n").utf8).withUnsafeBytes({ assembly.receive(headLine: $0) }) else { return assembly } }
        for piece in body { guard Array(piece.utf8).withUnsafeBytes({ assembly.receive(body: $0) }) else { return assembly } }
        return assembly
    }

    @Test func `an answer is its status, its fields and its bytes`() throws {
        let response = try #require(
            assemble(["HTTP/1.1 201 Created", "Content-Type: text/plain", "X-Empty:", "x-two:  a  b\t", "X-Two: c", ""], ["he", "llo"])
                .response)
        #expect(response.status == 201 && response.version == .http1)
        #expect(response["CONTENT-type"] == "text/plain" && response["X-Empty"] == "" && response["X-Two"] == "a  b")
        #expect(response.headers.count == 4 && response["X-None"] == nil)
        #expect(response.body == Array("hello".utf8))
    }

    @Test func `HTTP 2 has no reason phrase`() throws {
        let response = try #require(assemble(["HTTP/2 204 ", ""]).response)
        #expect(response.status == 204 && response.version == .http2)
    }

    @Test func `interim answers and trailers are passed over`() throws {
        let response = try #require(
            assemble(["HTTP/1.1 103 Early Hints", "Link: x", "", "HTTP/1.1 200 OK", "A: b", "", "Trailer: t", ""], ["x"]).response)
        #expect(response.status == 200 && response.headers == [HTTPClientHeader("A", "b")])
    }

    @Test(arguments: [
        ["HTTP/1.1"], ["HTTP/1.1 "], ["HTTP/1.1 20 OK"], ["HTTP/1.1 +20 OK"], ["HTTP/1.1 2000 OK"], ["HTTP/1.1 099 OK"], ["ICY 200 OK"],
        [""],
    ])
    func `what begins otherwise is no answer`(lines: [String]) {
        let assembly = assemble(lines)
        #expect(assembly.refusal == .malformed && assembly.response == nil)
    }

    @Test(arguments: [["HTTP/1.1 200 OK"], ["HTTP/1.1 200 OK", "A: b"], ["HTTP/1.1 100 Continue", ""], []])
    func `a head that has not ended is no answer`(lines: [String]) {
        #expect(assemble(lines).response == nil)
    }

    @Test func `lines that are no fields tell nothing`() throws {
        let response = try #require(
            assemble(["HTTP/1.1 200 OK", "no colon", ": no name", " folded: x", "\tfolded: y", "A: b", ""]).response)
        #expect(response.headers == [HTTPClientHeader("A", "b")])
    }

    @Test func `head and body end at their limits`() {
        #expect(assemble(["HTTP/1.1 200 OK", ""], ["12345"], headLimit: 19, bodyLimit: 5).response != nil)
        #expect(assemble(["HTTP/1.1 200 OK", ""], ["12345"], headLimit: 18, bodyLimit: 5).refusal == .headTooLarge)
        #expect(assemble(["HTTP/1.1 200 OK", ""], ["123", "456"], headLimit: 19, bodyLimit: 5).refusal == .bodyTooLarge)
    }
}
