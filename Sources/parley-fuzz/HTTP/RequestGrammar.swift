/// Streams of requests as clients, proxies and attackers write them.
enum RequestGrammar {
    static let vocabulary = [
        "\r\n", "\n", "\r", "\r\n\r\n", "\0", "\t", " ", "GET ", "POST / HTTP/1.1\r\n", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "HTTP/2.0",
        "http://",
        "Host: a\r\n", "Content-Length: 5\r\n", "Content-Length:", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: ", "chunked",
        "identity",
        "Connection: close\r\n", "Connection: keep-alive\r\n", "Expect: 100-continue\r\n", "Upgrade: websocket\r\n", "0\r\n\r\n",
        "5\r\nhello\r\n",
        " : ", ":", ";", ",", "\r\n ", "\r\n\t", "%00", "%2F", "%", "?", "#", "*", "\u{A0}", "\u{FEFF}",
    ]

    static func stream(_ random: inout RandomSource) -> [UInt8] {
        var stream: [UInt8] = []
        repeat { stream += request(&random) } while random.oneIn(3) && stream.count < 4_096
        return stream
    }

    static func request(_ random: inout RandomSource) -> [UInt8] {
        let body = random.bytes(random.oneIn(2) ? 0 : random.size(upTo: 300))
        var fields = (0..<random.size(upTo: 12)).map { _ in field(&random) }
        var framed: [UInt8] = body
        switch random.below(16) {
        case 0...5: framed = []
        case 6...9: fields.append("Content-Length: \(body.count)")
        case 10...14:
            fields.append("Transfer-Encoding: chunked")
            framed = chunked(body, &random)
        default: fields.append(framing(&random))
        }
        fields.shuffle(using: &random)
        if !random.oneIn(40) { fields.insert(host(&random), at: random.below(fields.count + 1)) }
        let lineEnd = random.oneIn(100) ? "\n" : "\r\n"
        let start = "\(method(&random)) \(target(&random)) \(version(&random))"
        let head = ([start] + fields).joined(separator: lineEnd) + lineEnd + lineEnd
        let blank = random.oneIn(30) ? "\r\n" : ""
        return Array(blank.utf8) + Array(head.utf8) + framed
    }

    private static func method(_ random: inout RandomSource) -> String {
        if !random.oneIn(20) { return random.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]) }
        return random.pick([
            "get", "CONNECT", "TRACE", "PRI", "M-SEARCH", "G", "GET\t", "FOO!#$%&'*+-.^_`|~9", "(GET)", "",
            random.text(random.size(upTo: 40)),
        ])
    }

    static func target(_ random: inout RandomSource) -> String {
        if random.oneIn(20) {
            return random.pick([
                "*", "http://a/", "https://a:443/b?c", "http://a", "HTTP://A/", "http://", "http://a@b/", "http://[::1]:80/", "a:80",
                "//a/b", "/a#b", "/a b",
                "/\u{E9}", "/%", "/%2", "/%zz", "/\u{7F}", "?", "/" + random.text(random.pick([8_100, 8_191, 8_192, 8_200, 17_000])),
            ])
        }
        var target = ""
        repeat { target += "/" + random.text(random.size(upTo: 12)) } while random.oneIn(2)
        if random.oneIn(4) { target += random.pick(["%20", "%2F", "%2e%2e", "..", "+", "%C3%A9", "%00", "%ff", "{}|^`[]"]) }
        if random.oneIn(4) { target += "?" + random.text(random.size(upTo: 8)) + random.pick(["", "=", "=1", "&a=b", "?&&", "=%20"]) }
        return target
    }

    private static func version(_ random: inout RandomSource) -> String {
        if !random.oneIn(20) { return "HTTP/1.1" }
        return random.pick([
            "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/11", "HTTP/1.", "HTP/1.1", "HTTP/01.1", "",
        ])
    }

    private static func host(_ random: inout RandomSource) -> String {
        random.usually(
            "Host: a",
            else: [
                "host: example.org", "HOST:a:8080", "Host: [::1]:80", "Host: \t a \t", "Host: 127.0.0.1", "Host:", "Host: a b",
                "Host: a/b", "Host: a@b",
                "Host: a:99999", "Host: [::1", "Host: \u{E9}", "Host: a,b", "Host: a_b.c-d",
            ])
    }

    /// Ways to say how long a body is that two parsers may read differently.
    private static func framing(_ random: inout RandomSource) -> String {
        let length = random.pick(
            Numbers.written + ["5, 5", "5,5", "5 5", "5;", "\"5\"", "5\t", "\t5", "5\r\nContent-Length: 5", "5\r\nContent-Length: 6"])
        let coding = random.pick([
            "chunked", "Chunked", " chunked ", "chunked, chunked", "gzip, chunked", "chunked, gzip", "identity", "chunked;q=1", "xchunked",
            "\"chunked\"", "chunked,", ",chunked",
            "\u{B}chunked", "chunked\r\nTransfer-Encoding: chunked", "chunked\r\nContent-Length: 5", "",
        ])
        return random.pick([
            "Content-Length: \(length)", "Transfer-Encoding: \(coding)", "Transfer-Encoding:\(coding)", "Content-Length : \(length)",
            "Transfer-Encoding : \(coding)",
            "Content-Length: \(length)\r\nTransfer-Encoding: \(coding)", "Transfer-Encoding: \(coding)\r\nContent-Length: \(length)",
            "Content_Length: \(length)",
            "Transfer-Encoding\u{A0}: \(coding)", "X: y\r\n Transfer-Encoding: \(coding)",
        ])
    }

    private static func field(_ random: inout RandomSource) -> String {
        switch random.below(10) {
        case 0:
            return random.pick([
                "Connection: close", "Connection: keep-alive", "connection: Upgrade, close", "Connection: ,close,", "Connection: closed",
                "Connection:",
            ])
        case 1:
            return random.pick([
                "Expect: 100-continue", "Expect: 100-Continue", "Expect: x", "Upgrade: websocket", "TE: trailers", "Trailer: X",
                "Keep-Alive: timeout=5",
            ])
        case 2:
            return "X-\(random.text(random.size(upTo: 20))):\(random.pick(["", " ", "\t", " \t "]))\(random.text(random.size(upTo: 40)))"
        case 3:
            return random.pick([
                "X: caf\u{E9}", "X:\ty\tz", "X: ", "X:", ": y", " X: y", "X : y", "X\t: y", "X y", "X: \u{0}", "X: \u{1}y", "X: a\u{7F}",
                "(X): y", "X: a\r\n b",
            ])
        case 4: return "Cookie: " + random.text(random.size(upTo: random.oneIn(50) ? 20_000 : 100))
        default:
            let name = random.pick([
                "Accept", "User-Agent", "Authorization", "Content-Type", "Origin", "Accept-Encoding", "If-None-Match", "X-Request-ID",
                "Cache-Control",
            ])
            return "\(name): \(random.text(random.size(upTo: 30), of: "abcdefgh /*;=,.\"()0123456789"))"
        }
    }

    /// A chunked body that means `body`, mostly.
    static func chunked(_ body: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var stream: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1 + random.size(upTo: 200))
            rest = rest.dropFirst(piece.count)
            stream += "\(size(piece.count, &random))\(chunkExtension(&random))\r\n".utf8
            stream += piece
            stream += "\r\n".utf8
        }
        stream += "\(random.oneIn(8) ? String(repeating: "0", count: 1 + random.size(upTo: 300)) : "0")\(chunkExtension(&random))\r\n".utf8
        while random.oneIn(6) { stream += "\(field(&random))\r\n".utf8 }
        stream += "\r\n".utf8
        return stream
    }

    private static func size(_ count: Int, _ random: inout RandomSource) -> String {
        let digits = String(count, radix: 16, uppercase: random.oneIn(3))
        if random.oneIn(60) {
            return random.pick([
                "0x" + digits, "+" + digits, digits + " ", " " + digits, "-1", "", "ffffffffffffffff", "8000000000000000", "g",
            ])
        }
        return random.oneIn(10) ? String(repeating: "0", count: random.size(upTo: 30)) + digits : digits
    }

    private static func chunkExtension(_ random: inout RandomSource) -> String {
        guard random.oneIn(8) else { return "" }
        return random.pick([
            ";a", ";a=b", ";a=\"b c\"", ";a=\"\\\"\"", ";a;b;c", " ;a", ";", "; a", ";a =b", ";a=\"", ";\u{E9}", ";a=\"\n\"",
            ";" + random.text(random.size(upTo: 400)),
        ])
    }
}
