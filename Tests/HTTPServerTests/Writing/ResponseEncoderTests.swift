import JSON
import Testing

@testable import HTTPServer

@Suite struct ResponseEncoderTests {
    private func encode(_ response: Response, _ exchange: ResponseEncoder.Exchange = .init(), standard: [HeaderField] = []) -> String {
        var encoder = ResponseEncoder(standardHeaders: standard)
        let encoded = encoder.encode(response, for: exchange)
        let text = String(decoding: encoded.head + (encoded.body ?? []), as: UTF8.self)
        return text.replacing(/Date: [^\r]+/, with: "Date: …")
    }

    @Test func `a response has its head, its length and its body`() {
        let response = Response.text(200, "hello").with(.eTag, "\"1\"")
        #expect(
            encode(response, .init(requestID: "r1"), standard: [HeaderField(.referrerPolicy, "no-referrer")])
                == """
                HTTP/1.1 200 OK\r\nDate: …\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nETag: "1"\r\n\
                X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nX-Request-ID: r1\r\n\r\nhello
                """)
    }

    @Test func `HEAD has the length of the body and not the body`() {
        let text = encode(.text(200, "hello"), .init(isHead: true))
        #expect(text.contains("Content-Length: 5\r\n") && text.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [HTTPStatus(204), 304]) func `some statuses never have a body`(_ status: HTTPStatus) {
        let text = encode(.text(status, "hello"))
        #expect(!text.contains("\nContent-") && text.hasSuffix("\r\n\r\n"))
    }

    @Test func `an empty body has a length too`() {
        #expect(encode(Response(201)).contains("Content-Length: 0\r\n"))
    }

    @Test func `the connection field says what becomes of the connection`() {
        func connection(_ version: HTTPVersion, _ keepsAlive: Bool, _ response: Response = .noContent) -> String? {
            encode(response, .init(version: version, keepsAlive: keepsAlive)).firstMatch(of: /Connection: ([^\r]+)/).map { "\($0.1)" }
        }
        #expect(connection(.http11, true) == nil)
        #expect(connection(.http11, false) == "close")
        #expect(connection(.http10, true) == "keep-alive")
        #expect(connection(.http10, false) == "close")
        #expect(connection(.http11, true, Response(426).with(.upgrade, "websocket")) == "Upgrade")
        #expect(connection(.http11, false, Response(426).with(.upgrade, "websocket")) == "Upgrade, close")
        #expect(connection(.http11, true, Response(101).with(.upgrade, "websocket")) == "Upgrade")
    }

    @Test func `a stream is chunked for those who know chunks`() {
        let stream = Response.stream(200, contentType: "text/plain") { _ in }
        #expect(encode(stream).contains("Transfer-Encoding: chunked\r\n") && !encode(stream).contains("Content-Length"))
        let old = encode(stream, .init(version: .http10, keepsAlive: false))
        #expect(!old.contains("Transfer-Encoding") && !old.contains("Content-Length"))
        #expect(
            String(decoding: ResponseEncoder.chunk(Array(repeating: 0x61, count: 26)), as: UTF8.self)
                == "1a\r\n\(String(repeating: "a", count: 26))\r\n")
    }

    @Test func `a long body is not copied`() {
        var encoder = ResponseEncoder(standardHeaders: [])
        let long = [UInt8](repeating: 1, count: 100_000)
        #expect(encoder.encode(.bytes(200, long, contentType: "image/png"), for: .init()).body == long)
    }

    @Test(arguments: ["a\r\nb", "a\nb", "\r", "\0", "a\u{7F}"]) func `no value can break a line`(_ text: String) {
        #expect(HeaderValue(text) == nil)
    }

    @Test func `a date has the one form that is allowed`() {
        #expect(String(decoding: HTTPDate.format(secondsSince1970: 784_111_777), as: UTF8.self) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(String(decoding: HTTPDate.format(secondsSince1970: 0), as: UTF8.self) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    @Test func `an error has the one shape that all errors have`() {
        let error = HTTPError(
            .rateLimited, "Wait \"a\" bit.", details: [("limit", "send.user")], headers: [HeaderField(.retryAfter, HeaderValue(3))])
        let text = encode(error.response(requestID: "r2"))
        #expect(
            text.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n") && text.contains("Retry-After: 3\r\n")
                && text.contains("Content-Type: application/json\r\n"))
        #expect(
            text.hasSuffix(
                #"{"error":{"code":"rate_limited","message":"Wait \"a\" bit.","details":{"limit":"send.user"},"request_id":"r2"}}"#))
    }
}
