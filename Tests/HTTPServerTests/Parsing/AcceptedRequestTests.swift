import Testing

@testable import HTTPServer

/// The other half of strictness: what the standard demands of a server is let pass.
@Suite struct AcceptedRequestTests {
    @Test(arguments: [
        "GET / HTTP/1.1", "GET /a/../b HTTP/1.1", "GET //a HTTP/1.1", "GET /a;b=c,d HTTP/1.1", "GET /@:!$&'()*+,;=-._~ HTTP/1.1",
        "GET /%20%2F%00%ff HTTP/1.1",
        "GET /? HTTP/1.1", "GET /?? HTTP/1.1", "GET /?a=b&c=/d?e HTTP/1.1", "GET /a[0]|{x}^` HTTP/1.1", "OPTIONS * HTTP/1.1",
        "OPTIONS /a HTTP/1.1",
        "GET http://a HTTP/1.1", "GET http://a/ HTTP/1.1", "GET https://a.b:443/c?d HTTP/1.1", "GET http://[2001:db8::1]:80/ HTTP/1.1",
        "DELETE /x HTTP/1.1", "PATCH /x HTTP/1.1", "PUT /x HTTP/1.1", "HEAD / HTTP/1.1", "FOO / HTTP/1.1", "get / HTTP/1.1",
        "TRACE / HTTP/1.1", "M-SEARCH / HTTP/1.1",
        "GET / HTTP/1.0",
    ]) func `a request line`(_ line: String) {
        for fragmentation in Fragmentation.allCases {
            let transcript = RequestTranscript("\(line)\r\nHost: a\r\n\r\n", fragmentation)
            #expect(transcript.fault == nil && transcript.events.last == "end")
        }
    }

    @Test(arguments: [
        "a", "a.b.c", "A-B.c", "a_b", "127.0.0.1", "127.0.0.1:8080", "a:", "a:0", "a:65535", "[::1]", "[::1]:80", "[::ffff:127.0.0.1]",
        "xn--bcher-kva.example", "a.",
    ]) func `a host`(_ host: String) {
        #expect(RequestTranscript("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", .bytewise).fault == nil)
        #expect(RequestTranscript("GET / HTTP/1.1\r\nHost:\(host) \t\r\n\r\n", .whole).fault == nil)
    }

    @Test(arguments: [
        "X:", "X:y", "X: ", "X:\t\ty\t ", "X: a\tb", "X: é", "!#$%&'*+-.^_`|~0aZ: y", "X: \"quoted, text\"", "X: y:z::", "x: 1\r\nX: 2",
        "Transfer_Encoding: chunked", "Content-Length: 0", "Connection: a, b", "Cookie: a=b\r\nCookie: c=d", "Accept: */*", "TE: trailers",
    ]) func `a field`(_ field: String) {
        for fragmentation in Fragmentation.allCases {
            #expect(RequestTranscript("GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n", fragmentation).events == ["GET /", "end"])
        }
    }

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("000\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"), ("005\r\nhello\r\n0\r\n\r\n", "hello"),
        ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("1\r\n\n\r\n0\r\n\r\n", "\n"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"), ("5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello"),
        ("5;a=\"b\\\"; c\";d\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n", "hello"), ("3\r\nhel\r\n2\r\nlo\r\n0\r\nContent-Type: x\r\n\r\n", "hello"),
    ]) func `a chunked body`(body: String, expected: String) {
        for fragmentation in Fragmentation.allCases {
            let transcript = RequestTranscript(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:  Chunked \r\n\r\n\(body)GET /next HTTP/1.1\r\nHost: a\r\n\r\n",
                fragmentation)
            #expect(transcript.events == ["POST /"] + (expected.isEmpty ? [] : ["body \(expected)"]) + ["end", "GET /next", "end"])
        }
    }
}
