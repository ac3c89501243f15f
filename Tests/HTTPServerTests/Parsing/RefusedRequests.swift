@testable import HTTPServer

/// A stream that no parser may let pass, and why.
struct RefusedRequest: Sendable, CustomStringConvertible {
    let description: String
    let bytes: [UInt8]
    let fault: RequestFault

    init(_ fault: RequestFault, _ text: String, _ description: String? = nil) {
        self.init(fault, Array(text.utf8), description)
    }

    init(_ fault: RequestFault, _ bytes: [UInt8], _ description: String? = nil) {
        self.fault = fault
        self.bytes = bytes
        self.description = "\(fault): \(description ?? String(decoding: bytes.prefix(100), as: UTF8.self).debugDescription)"
    }

    /// A request with these fields, or with this body, and all else in order.
    static func fields(_ fault: RequestFault, _ fields: String) -> RefusedRequest {
        RefusedRequest(fault, "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n", fields.debugDescription)
    }

    static func host(_ fields: String) -> RefusedRequest {
        RefusedRequest(.invalidHost, "GET / HTTP/1.1\r\n\(fields)\r\n", fields.debugDescription)
    }

    static func target(_ target: String, _ fault: RequestFault = .invalidTarget, method: String = "GET") -> RefusedRequest {
        RefusedRequest(fault, "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
    }

    static func chunked(_ body: String, _ fault: RequestFault = .malformedChunk) -> RefusedRequest {
        RefusedRequest(fault, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", body.debugDescription)
    }

    static let all =
        requestLines + targets + hosts + lengths + codings + fieldLines + controls + strangeNames + expectations + chunks + trailers
}

extension RefusedRequest {
    static let requestLines =
        [
            "GET /\r\n", "GET\r\n", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1 \r\n", " GET / HTTP/1.1\r\n",
            "GET  / HTTP/1.1\r\n", "GET /  HTTP/1.1\r\n", "GET\t/ HTTP/1.1\r\n", "GET / http/1.1\r\n", "GET / HTTP/11\r\n",
            "GET / HTTP/1.11\r\n", "GET / HTTP/1\r\n", "GET / HTTP/1.\r\n", "GET / HTTP/.1\r\n", "GET / HTTP 1.1\r\n", "GET / HTTP/1,1\r\n",
            "GET / HTTPS/1.1\r\n", "GET / XTTP/1.1\r\n", "GET / \r\n", "GET  \r\n", "GET HTTP/1.1\r\n", "/ HTTP/1.1\r\n",
            "GET / HTTP/a.1\r\n",
            "GET / HTTP/1.b\r\n", "GET /a b HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", "G@T / HTTP/1.1\r\n", "GÉT / HTTP/1.1\r\n",
            "\"GET\" / HTTP/1.1\r\n",
            "GET,POST / HTTP/1.1\r\n", "GET: / HTTP/1.1\r\n", "GET/ HTTP/1.1\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "EHLO parley.example\r\n",
            "Host: a\r\n", "GET / RTSP/1.0\r\n", "HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1 HTTP/1.1\r\n",
        ].map { RefusedRequest(.malformedRequestLine, $0) }
        + ["2.0", "2.1", "3.0", "0.9", "1.2", "1.9", "9.9", "0.0"].map {
            RefusedRequest(.versionNotSupported, "GET / HTTP/\($0)\r\nHost: a\r\n\r\n")
        }
        + [RefusedRequest(.versionNotSupported, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
        + [
            RefusedRequest(.methodNotSupported, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
            RefusedRequest(.methodNotSupported, "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
            RefusedRequest(.methodNotSupported, String(repeating: "A", count: 33) + " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ]

    static let targets =
        [
            "/#fragment", "/a#", "#", "/%", "/%2", "/%zz", "/%2g", "/%g2", "/a?b=%", "/a?b=%1", "/a?%%%", "/é", "/a\"b", "/<a>", "/a>b",
            "/a\\b", "\\", "a", "a/b", "?a=b", "example.com", "example.com:80", "example.com:80/x", ":80", "//a\\b", "http:/a/b",
            "http:///b", "http://",
            "http://?x", "ftp://a/b", "ws://a/b", "file:///etc/passwd", "javascript:alert(1)", "http://user@a/", "http://user:pw@a/",
            "http://a:b/",
            "http://a:99999/", "http://[::1/", "http://[::g]/", "http://a,b/", "http://é/", "HTTP:a", "*/", "**", "https:/", "httpx://a/",
            "/a?b#c",
            "/%C3%", "/%u0041", "/%0x",
        ].map { target($0) }
        + [target("*"), target("*", method: "POST"), target("*?a", method: "OPTIONS"), target("a", method: "OPTIONS")]
        + [
            target("/" + String(repeating: "a", count: 8_192), .targetTooLong),
            target("/?" + String(repeating: "q", count: 9_000), .targetTooLong),
        ]

    static let hosts = [
        "", "Accept: x\r\n", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "Host: a\r\nX: y\r\nHOST: a\r\n", "Host:\r\n",
        "Host: \r\n",
        "Host: a b\r\n", "Host: a,b\r\n", "Host: a/b\r\n", "Host: http://a\r\n", "Host: u@a\r\n", "Host: a:\t80\r\n", "Host: a:80:80\r\n",
        "Host: a:x\r\n", "Host: a:65536\r\n", "Host: a:-1\r\n", "Host: a:123456\r\n", "Host: :80\r\n", "Host: [\r\n", "Host: []\r\n",
        "Host: [::1\r\n",
        "Host: ::1\r\n", "Host: [::1]x\r\n", "Host: [::1]:x\r\n", "Host: [g::1]\r\n", "Host: [1:2]\r\n", "Host: [::1%25eth0]\r\n",
        "Host: a?b\r\n",
        "Host: a#b\r\n", "Host: a%20b\r\n", "Host: \"a\"\r\n", "Host: é\r\n", "Host: a;b\r\n", "Host: (a)\r\n", "Host: a\\b\r\n",
        "Host: <a>\r\n",
        "Host: a@\r\n", "Host: {a}\r\n", "Host: a=b\r\n", "Host: *\r\n", "Host: [1:2:3:4:5:6:7:8:9]\r\n",
    ].map { host($0) }

    static let lengths =
        [
            "", " ", "-1", "+1", "1 2", "1,1", "1, 1", "5,", ",5", "0x5", "5;", "5.0", "1e3", "five", "00", "05", "000000000000000000005",
            "9223372036854775808",
            "18446744073709551616", "99999999999999999999999999", "\"5\"", "5 5", "٥", "5\t5", "0b1", "1_000", "½", "null", "-0", "+0",
            "--1", "5-", "(5)",
        ].map { fields(.invalidContentLength, "Content-Length: \($0)") }
        + [
            "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 0\r\ncontent-length: 0",
            "CONTENT-LENGTH: 1\r\nX: y\r\nContent-length: 1",
        ].map { fields(.invalidContentLength, $0) }

    static let codings =
        [
            "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Transfer-Encoding: chunked\r\nContent-Length: 0", "Content-Length: 0\r\nTransfer-Encoding: chunked",
            "Content-Length: 5\r\nTransfer-Encoding: identity", "Content-Length: 5\r\nTransfer-Encoding: gzip, chunked",
            "Content-Length: 5\r\nTransfer-Encoding: xchunked", "Content-Length: 5\r\nTransfer-Encoding:",
            "transfer-encoding: CHUNKED\r\ncontent-length: 5",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ].map { fields(.ambiguousFraming, $0) }
        + [
            RefusedRequest(.ambiguousFraming, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            RefusedRequest(.ambiguousFraming, "POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n"),
        ]
        + [
            "", "identity", "gzip", "deflate", "compress", "br", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,",
            ",chunked", "chunked;q=1",
            "chunked;", "\"chunked\"", "xchunked", "chunkedx", "chunked x", "x chunked", "chunk", "chunked, identity", "identity, chunked",
            "chu nked",
            "chunked\t,", "'chunked'", "chünked", "chunked/1", "trailers", "deflate, gzip, chunked",
        ].map { fields(.unsupportedTransferCoding, "Transfer-Encoding: \($0)") }
        + [
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\ntransfer-encoding: identity",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "Transfer-Encoding:\r\nTransfer-Encoding: chunked",
        ].map { fields(.unsupportedTransferCoding, $0) }

    static let fieldLines =
        [
            "Content-Length : 5", "Transfer-Encoding : chunked", "X\t: y", "X : y", " X: y", "\tX: y", "X: y\r\n folded",
            "X: y\r\n\tfolded", "X: y\r\n \r\nZ: z",
            ": y", ":", "X", "X y", "=", "Ünicode: y", "X\u{A0}: y", "Content-Length\u{A0}: 5", "\u{FEFF}X: y",
            "Transfer-Encoding\r\n: chunked",
            "GET / HTTP/1.1", "X Y: z", "Content Length: 5", "[X]: y",
        ].map { fields(.malformedField, $0) }
        + [
            RefusedRequest(.malformedField, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
            RefusedRequest(.malformedField, "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n"),
            RefusedRequest(.malformedField, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
            RefusedRequest(.malformedField, "GET / HTTP/1.1\r\nHost\r\n\r\n"),
        ]
        + [
            "Authorization: a\r\nAuthorization: b", "Content-Type: a\r\nContent-Type: a", "Origin: a\r\norigin: b",
            "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: a", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13",
            "X-API-Key: a\r\nX-Api-Key: b",
            "Idempotency-Key: 1\r\nIdempotency-Key: 2", "Expect: 100-continue\r\nExpect: 100-continue",
        ].map { fields(.repeatedField, $0) }

    /// Every control character in every part of the head, and every way to end a line wrongly.
    static let controls: [RefusedRequest] = {
        var rows: [RefusedRequest] = []
        for byte in Array(UInt8(0)...0x1F) + [0x7F] where byte != 0x09 && byte != 0x0D && byte != 0x0A {
            let character = String(UnicodeScalar(byte))
            for text in [
                "G\(character)T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\(character) HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\(character)\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHo\(character)st: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: \(character)y\r\n\r\n",
            ] {
                rows.append(RefusedRequest(.controlCharacter, text))
            }
        }
        rows += [
            "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "GET / HTTP/1.1\rHost: a\r\r",
            "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "GET / HTTP/1.1\n\rHost: a\r\n\r\n",
            "\nGET / HTTP/1.1\r\n",
            "\rGET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n", "GET /\nHTTP/1.1\r\n",
            "GET / HTTP/1.1\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nX: a\rContent-Length: 5\r\n\r\n",
        ].map { RefusedRequest(.controlCharacter, $0) }
        rows.append(
            RefusedRequest(.controlCharacter, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03], "a TLS handshake"))
        return rows
    }()

    /// Every printable character that is no part of a token, in the name of a field.
    static let strangeNames = "\"(),/;<=>?@[\\]{}".map { fields(.malformedField, "X\($0)Y: z") }

    static let expectations = ["", "100-continued", "200-ok", "100-continue, x", "\"100-continue\"", "100", "x=y"].map {
        fields(.unknownExpectation, "Expect: \($0)")
    }

    static let chunks =
        [
            "\r\n", "g\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "+5\r\nhello\r\n", "-5\r\n", "0x5\r\nhello\r\n", "5h\r\n", ";x\r\n",
            "5;\r\nhello\r\n", "5 ;x\r\n",
            "5; x\r\n", "5;x =y\r\n", "5;x= y\r\n", "5;x=\r\n", "5;=y\r\n", "5;x=\"y\r\n", "5;x=\"y\"z\r\n", "5;x=\"\\\u{7F}\"\r\n",
            "5;x=é\r\n", "5;x=\"é\"\r\n", "5;(\r\n",
            "5;x;\r\n", "5,\r\n", "5\nhello\r\n", "5\rhello\r\n", "5\r\r\nhello", "5;x\nhello", "5\r\nhello\n", "5\r\nhello\r",
            "5\r\nhello!\r\n", "5\r\nhello0\r\n",
            "5\r\nhello\r0", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello\n\r", "5\0\r\nhello", "5\t\r\nhello", "5.0\r\n", "５\r\n",
            "8000000000000000\r\n",
            "10000000000000000\r\n", "FFFFFFFFFFFFFFFF\r\n", "ffffffffffffffffffffff\r\n", "5;\(String(repeating: "x", count: 300))\r\n",
            String(repeating: "0", count: 300) + "\r\n", "1\r\na\r\ng\r\n", "5\r\nhello\r\n\r\n", "0\n\n",
        ].map { input in
            // A stream that only stops early would be waited for, so each row goes on behind its fault.
            chunked(input + "0\r\n\r\n")
        }
        + [chunked(String(repeating: "1;\(String(repeating: "x", count: 200))\r\na\r\n", count: 100), .malformedChunk)]

    static let trailers = [
        "X : y", " X: y", "X", ": y", "X: y\r\n folded", "X(: y", "X: \u{1}", "X: y\nZ: z", "X: y\rZ: z",
        "X: " + String(repeating: "y", count: 5_000),
        String(repeating: "X: y\r\n", count: 700), "Ä: y", "Content-Length: 5",
        "transfer-encoding: chunked", "Host: b", "A: b\r\nContent-length: 0",
    ].map { chunked("0\r\n\($0)\r\n\r\n", .malformedTrailer) }
}
