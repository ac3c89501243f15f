import Redis
import Testing

@Suite struct RedisReplyParserTests {
    /// What a parser makes of pieces: the replies, and how it ended.
    private struct Transcript: Equatable {
        var replies: [RedisReply] = []
        var fault: RedisReplyParser.Fault?

        init(_ pieces: [ArraySlice<UInt8>], _ limits: RedisReplyLimits) {
            let parser = RedisReplyParser(limits: limits)
            for piece in pieces where fault == nil {
                do throws(RedisReplyParser.Fault) {
                    try parser.feed(piece) {
                        replies.append($0)
                        return true
                    }
                } catch {
                    fault = error
                }
            }
        }
    }

    /// Parses a text at once, in every two pieces, and byte by byte; all must agree.
    private func parse(_ text: String, _ limits: RedisReplyLimits = RedisReplyLimits()) -> Transcript {
        let bytes = Array(text.utf8)
        let whole = Transcript([bytes[...]], limits)
        for cut in bytes.indices { #expect(Transcript([bytes[..<cut], bytes[cut...]], limits) == whole, "cut at \(cut)") }
        #expect(Transcript(bytes.indices.map { bytes[$0...$0] }, limits) == whole, "byte by byte")
        return whole
    }

    @Test(arguments: [
        ("+OK\r\n", [RedisReply.status("OK")]),
        ("+\r\n", [.status("")]),
        ("-WRONGTYPE no\r\n", [.error(RedisErrorReply("WRONGTYPE no"))]),
        (":0\r\n:-1\r\n:9223372036854775807\r\n", [.integer(0), .integer(-1), .integer(.max)]),
        ("$0\r\n\r\n", [.bytes([])]),
        ("$5\r\na\r\nb\u{0}\r\n", [.bytes(Array("a\r\nb\u{0}".utf8))]),
        ("$-1\r\n*-1\r\n", [.null, .null]),
        ("*0\r\n", [.array([])]),
        (
            "*3\r\n:1\r\n$-1\r\n*2\r\n*0\r\n+x\r\n+y\r\n",
            [.array([.integer(1), .null, .array([.array([]), .status("x")])]), .status("y")]
        ),
        (String(repeating: "*1\r\n", count: 8) + ":7\r\n", [nested(8)]),
    ])
    func `replies are understood in whatever pieces they come`(_ text: String, _ replies: [RedisReply]) {
        let transcript = parse(text)
        #expect(transcript.replies == replies)
        #expect(transcript.fault == nil)
    }

    private static func nested(_ depth: Int) -> RedisReply { depth == 0 ? .integer(7) : .array([nested(depth - 1)]) }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n", "%1\r\n", "_\r\n", ":x\r\n", ":\r\n", ":9223372036854775808\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n",
        "*x\r\n",
        String(repeating: "*1\r\n", count: 9) + ":7\r\n",
    ])
    func `what is no reply ends the parsing, and what came before it stands`(_ text: String) {
        let transcript = parse("+before\r\n" + text + "+after\r\n")
        #expect(transcript.replies == [.status("before")])
        #expect(transcript.fault == .malformed)
    }

    @Test func `a value over the limit is refused, whether it is there or only promised`() {
        var limits = RedisReplyLimits()
        limits.value = 100
        let longest = String(repeating: "v", count: 100)
        #expect(parse("$100\r\n\(longest)\r\n", limits).replies == [.bytes(Array(longest.utf8))])
        #expect(parse("$101\r\n\(longest)v\r\n", limits).fault == .tooLarge)
        #expect(parse("+\(longest)v\r\n", limits).fault == .tooLarge)
        #expect(parse("$1000000\r\n\(longest)\(longest)", limits).fault == .tooLarge)
        #expect(parse("+\(longest)\(longest)", limits).fault == .tooLarge)
    }

    @Test func `an array over the limit is refused, whether its elements are there or only promised`() {
        var limits = RedisReplyLimits()
        limits.elements = 4
        #expect(parse("*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n", limits).replies.count == 2)
        #expect(parse("*5\r\n", limits).fault == .tooLarge)
        #expect(parse("*2\r\n*3\r\n", limits).fault == .tooLarge)
        #expect(parse("*2147483647\r\n").fault == .tooLarge)
        #expect(parse("*9223372036854775807\r\n").fault != nil)
    }

    @Test func `many values of an array are refused when they are too much together`() {
        var limits = RedisReplyLimits()
        limits.total = 10
        #expect(parse("*2\r\n$5\r\n12345\r\n$5\r\n12345\r\n*1\r\n$5\r\n12345\r\n", limits).replies.count == 2)
        #expect(parse("*3\r\n$5\r\n12345\r\n$5\r\n12345\r\n$1\r\n1\r\n", limits).fault == .tooLarge)
    }

    @Test func `who has had enough gets no more`() throws {
        let parser = RedisReplyParser()
        var count = 0
        try parser.feed(Array(":1\r\n:2\r\n:3\r\n".utf8)[...]) { _ in
            count += 1
            return count < 2
        }
        #expect(count == 2)
    }
}

extension RedisReplyParser {
    fileprivate func feed(_ piece: ArraySlice<UInt8>, deliver: (RedisReply) -> Bool) throws(Fault) {
        let result: Result<Void, Fault> = piece.withUnsafeBytes { bytes in
            Result { () throws(Fault) in try feed(bytes, deliver: deliver) }
        }
        try result.get()
    }
}
