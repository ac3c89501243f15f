import Testing

@testable import HTTPServer

@Suite struct HTTPRequestParserTests {
    @Test(arguments: Fragmentation.allCases) func `a head tells its parts`(_ fragmentation: Fragmentation) throws {
        let transcript = RequestTranscript(
            "POST /a/b%20c?x=1&y=?z HTTP/1.1\r\nHost: parley.example:8080\r\nAuthorization:\t Bearer abc \r\nX-Odd: one\r\nx-odd: two\r\nAccept: a, b\r\naccept: , c ,\r\nContent-Length: 0\r\n\r\n",
            fragmentation)
        let head = try #require(transcript.heads.first)
        #expect(head.method == .post && head.version == .http11)
        #expect(head.path == "/a/b%20c")
        #expect(head.query == "x=1&y=?z")
        #expect(head.host == "parley.example:8080")
        #expect(head[.authorization] == "Bearer abc")
        #expect(head[.cookie] == nil && !head.contains(.cookie) && head.contains(.contentLength))
        #expect(head.value(named: "x-ODD") == "one")
        #expect(head.values(.accept) == ["a, b", ", c ,"])
        #expect(head.list(.accept) == ["a", "b", "c"])
        #expect(head.withValue(.host) { $0.count } == 19)
        #expect(head.framing == .none && head.keepsAlive && !head.expectsContinue)
        #expect(transcript.events.last == "end")
    }

    @Test(arguments: Fragmentation.allCases) func `requests follow each other on one connection`(_ fragmentation: Fragmentation) {
        let stream = """
            GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\
            POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
            POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n\
            \r\nGET /4 HTTP/1.0\r\n\r\n
            """
        let transcript = RequestTranscript(stream, fragmentation)
        #expect(
            transcript.events == [
                "GET /1", "end", "POST /2", "body hello", "end", "POST /3", "body abcde", "end", "GET /4", "end",
            ])
        #expect(transcript.fault == nil)
    }

    @Test func `a half of a head is no fault yet`() {
        var parser = HTTPRequestParser()
        #expect(parser.isBetweenRequests)
        Array("GET / HT".utf8).withUnsafeBytes { bytes in
            var input = bytes
            #expect(parser.next(&input) == nil)
            #expect(input.isEmpty)
        }
        #expect(!parser.isBetweenRequests)
    }

    @Test func `nothing comes after a fault`() {
        let transcript = RequestTranscript("GET /\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .bytewise)
        #expect(transcript.fault == .malformedRequestLine && transcript.events.isEmpty)
    }

    @Test func `a target in absolute form names the host`() throws {
        let head = try #require(RequestTranscript("GET HTTP://Real.example:80/x?y HTTP/1.1\r\nHost: other\r\n\r\n").heads.first)
        #expect(head.host == "Real.example:80" && head.path == "/x" && head.query == "y")
        let bare = try #require(RequestTranscript("GET https://[::1] HTTP/1.1\r\nHost: other\r\n\r\n").heads.first)
        #expect(bare.host == "[::1]" && bare.path == "/" && bare.query == nil)
        let asking = try #require(RequestTranscript("GET http://a?q HTTP/1.1\r\nHost: a\r\n\r\n").heads.first)
        #expect(asking.path == "/" && asking.query == "q")
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.1", "Connection: Upgrade, CLOSE\r\n", false),
        ("HTTP/1.1", "Connection: keep-alive\r\n", true), ("HTTP/1.1", "Connection: closed\r\n", true),
        ("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: keep-alive\r\n", true), ("HTTP/1.0", "Connection: x ,\tKeep-Alive\r\n", true),
        ("HTTP/1.0", "Connection: keep-alive, close\r\n", false),
    ]) func `the client decides whether the connection stays`(version: String, fields: String, expected: Bool) throws {
        let head = try #require(RequestTranscript("GET / \(version)\r\nHost: a\r\n\(fields)\r\n").heads.first)
        #expect(head.keepsAlive == expected)
    }

    @Test func `an expectation counts in HTTP 1.1 only`() throws {
        let fields = "Host: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\nabc"
        #expect(try #require(RequestTranscript("PUT / HTTP/1.1\r\n\(fields)").heads.first).expectsContinue)
        #expect(try #require(RequestTranscript("PUT / HTTP/1.0\r\n\(fields)").heads.first).expectsContinue == false)
        let unknown = RequestTranscript("PUT / HTTP/1.0\r\nExpect: a-miracle\r\n\r\n")
        #expect(unknown.fault == nil)
    }

    @Test(arguments: Fragmentation.allCases) func `a body over the limit is refused, and one at the limit is not`(
        _ fragmentation: Fragmentation
    ) {
        let head = "POST / HTTP/1.1\r\nHost: a\r\n"
        let sized = head + "Content-Length: 5\r\n\r\nhello"
        let chunked = head + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
        for stream in [sized, chunked] {
            #expect(RequestTranscript(stream, fragmentation, bodyLimit: 5).events == ["POST /", "body hello", "end"])
            #expect(RequestTranscript(stream, fragmentation, bodyLimit: 4).fault == .bodyTooLarge)
        }
    }

    @Test func `the limit holds for one request, not for the connection`() {
        let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        let transcript = RequestTranscript(request + request, bodyLimit: 5)
        #expect(transcript.fault == nil && transcript.events.count == 6)
    }

    @Test(arguments: Fragmentation.allCases) func `limits of the head hold to the byte`(_ fragmentation: Fragmentation) {
        var limits = ParserLimits()
        limits.head = 200
        limits.target = 50
        limits.fields = 3
        func request(target: Int = 1, fields: Int = 0, total: Int? = nil) -> String {
            var text = "GET /\(String(repeating: "t", count: target - 1)) HTTP/1.1\r\nHost: a\r\n"
            for index in 0..<fields { text += "f\(index): v\r\n" }
            if let total { text += "Pad: \(String(repeating: "p", count: total - text.utf8.count - 9))\r\n" }
            return text + "\r\n"
        }
        func fault(_ text: String) -> RequestFault? { RequestTranscript(text, fragmentation, limits: limits).fault }
        #expect(fault(request(target: 50)) == nil)
        #expect(fault(request(target: 51)) == .targetTooLong)
        #expect(fault(request(fields: 2)) == nil)
        #expect(fault(request(fields: 3)) == .tooManyFields)
        #expect(request(total: 200).utf8.count == 200)
        #expect(fault(request(total: 200)) == nil)
        #expect(fault(request(total: 201)) == .headTooLarge)
        #expect(fault("GET /" + String(repeating: "t", count: 300)) == .targetTooLong)
        #expect(fault(String(repeating: "M", count: 300)) == .methodNotSupported)
        #expect(fault("GET / HTTP/1.1\r\nHost: a\r\nPad: " + String(repeating: "p", count: 300)) == .headTooLarge)
    }

    @Test func `all names are found in any case`() {
        for name in HeaderName.allCases {
            for text in ["\(name.text)", "\(name.text)".uppercased(), "\(name.text)".lowercased()] {
                let bytes = Array(text.utf8)
                #expect(bytes.withUnsafeBufferPointer { $0.baseAddress.flatMap { HeaderName.find($0, count: bytes.count) } } == name)
            }
            let longer = Array("\(name.text)x".utf8)
            #expect(longer.withUnsafeBufferPointer { $0.baseAddress.flatMap { HeaderName.find($0, count: longer.count) } } == nil)
        }
    }
}
