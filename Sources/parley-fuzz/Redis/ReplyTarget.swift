import Redis

/// What a Redis server sends: replies of RESP2, one behind the other.
struct ReplyTarget: FuzzTarget {
    /// A stream of at most so many bytes is also fed byte by byte.
    private static let longestBytewise = 600

    private static let limits = {
        var limits = RedisReplyLimits()
        limits.value = 4096
        limits.total = 16_384
        limits.elements = 1000
        return limits
    }()

    let vocabulary = [
        "\r\n", "+OK\r\n", "-ERR x\r\n", "-MOVED 1 h:1\r\n", ":1\r\n", ":-1\r\n", "$-1\r\n", "*-1\r\n", "$0\r\n\r\n", "*0\r\n", "*1\r\n",
        "*1000\r\n",
        "$4096\r\n", "$4097\r\n", "$2147483647\r\n", "$9223372036854775807\r\n", "*2147483647\r\n", "%1\r\n", "_\r\n", "#t\r\n", ">1\r\n",
    ]

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        var stream: [UInt8] = []
        repeat {
            var room = 2000
            Self.write(reply(&random, depth: 0, &room), to: &stream)
        } while !random.oneIn(3) && stream.count < 8192
        return stream
    }

    /// - Parameter room: how many more elements there may be, so that arrays of arrays do not grow beyond measure.
    private func reply(_ random: inout RandomSource, depth: Int, _ room: inout Int) -> RedisReply {
        switch random.below(depth < 9 && room > 0 ? 12 : 8) {
        case 0: .status(random.usually("OK", else: [Texts.text(&random, upTo: 20).filter { !$0.isNewline }, ""]))
        case 1: .error(RedisErrorReply(random.pick(["ERR no", "WRONGTYPE x", "MOVED 3999 127.0.0.1:6381", ""])))
        case 2: .integer(Int64(truncatingIfNeeded: random.next()) >> Int64(random.below(64)))
        case 3: .null
        case 4...7: .bytes(random.bytes(random.oneIn(30) ? random.pick([4095, 4096, 4097]) : random.size(upTo: 200)))
        default: .array(elements(&random, depth: depth, &room))
        }
    }

    private func elements(_ random: inout RandomSource, depth: Int, _ room: inout Int) -> [RedisReply] {
        let count = min(room, random.size(upTo: random.oneIn(40) ? 1100 : 8))
        room -= count
        return (0..<count).map { _ in reply(&random, depth: depth + 1, &room) }
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        let whole = ReplyTranscript(input, .whole, Self.limits)
        try require(whole == ReplyTranscript(input, .random, Self.limits), "cut into pieces it is something else")
        if input.count <= Self.longestBytewise {
            try require(whole == ReplyTranscript(input, .bytewise, Self.limits), "byte by byte it is something else")
        }
        var stream: [UInt8] = []
        for reply in whole.replies {
            var left = Self.limits
            try check(reply, depth: 0, &left)
            Self.write(reply, to: &stream)
        }
        // Repaired, a text that was no UTF-8 is longer than before.
        let again = ReplyTranscript(stream, .whole, RedisReplyLimits())
        try require(again.replies == whole.replies && !again.isFaulty, "written anew it means something else")
        return whole.isFaulty ? .rejected(whole.kinds) : .accepted(whole.kinds)
    }

    private func check(_ reply: RedisReply, depth: Int, _ left: inout RedisReplyLimits) throws {
        try require(depth <= 8, "arrays \(depth) deep")
        switch reply {
        case .bytes(let bytes):
            left.total -= bytes.count
            try require(bytes.count <= Self.limits.value && left.total >= 0, "a reply that is too long")
        case .array(let elements):
            left.elements -= elements.count
            try require(left.elements >= 0, "a reply of too many elements")
            for element in elements { try check(element, depth: depth + 1, &left) }
        case .status, .error, .integer, .null: break
        }
    }

    private static func write(_ reply: RedisReply, to stream: inout [UInt8]) {
        switch reply {
        case .status(let text): stream += Array("+\(text)\r\n".utf8)
        case .error(let error): stream += Array("-\(error.text)\r\n".utf8)
        case .integer(let number): stream += Array(":\(number)\r\n".utf8)
        case .null: stream += Array("$-1\r\n".utf8)
        case .bytes(let bytes): stream += Array("$\(bytes.count)\r\n".utf8) + bytes + [0x0D, 0x0A]
        case .array(let elements):
            stream += Array("*\(elements.count)\r\n".utf8)
            for element in elements { write(element, to: &stream) }
        }
    }
}

/// All that the parser made of a stream, in a form that can be compared.
private struct ReplyTranscript: Equatable {
    private(set) var replies: [RedisReply] = []
    /// Which fault it was depends on the pieces, where one line is too long and makes no sense either.
    private(set) var isFaulty = false

    init(_ stream: [UInt8], _ cutting: Cutting, _ limits: RedisReplyLimits) {
        let parser = RedisReplyParser(limits: limits)
        cutting.forEachPiece(of: stream) { piece in
            do throws(RedisReplyParser.Fault) {
                try parser.feed(UnsafeRawBufferPointer(piece)) {
                    replies.append($0)
                    return true
                }
            } catch {
                isFaulty = true
            }
            return !isFaulty
        }
    }

    var kinds: String {
        replies.prefix(6).map { reply in
            switch reply {
            case .status: "s"
            case .error: "e"
            case .integer: "i"
            case .null: "n"
            case .bytes(let bytes): bytes.isEmpty ? "b0" : "b"
            case .array(let elements): "a\(min(3, elements.count))"
            }
        }.joined()
    }
}
