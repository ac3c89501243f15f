import HTTPServer

/// Streams of frames, most of them in order.
struct FrameGrammar {
    let role: WebSocketDecoder.Role
    let deflater: WebSocketDeflater?

    func stream(_ random: inout RandomSource) -> [UInt8] {
        var stream: [UInt8] = []
        repeat {
            switch random.below(12) {
            case 0...6: stream += message(&random)
            case 7: stream += control(&random)
            case 8: if random.oneIn(4) { stream += frame(0x88, goodbye(&random), &random) }
            case 9: stream += frame(random.byte(), random.bytes(random.size(upTo: 40)), &random)
            default: stream += message(&random) + control(&random)
            }
        } while !random.oneIn(3) && stream.count < 8_192
        return stream
    }

    /// A message in one frame or several, with control frames between them.
    private func message(_ random: inout RandomSource) -> [UInt8] {
        let isText = !random.oneIn(3)
        var payload = isText ? Texts.utf8(&random, upTo: random.oneIn(30) ? 70_000 : 300) : random.bytes(size(&random))
        var first: UInt8 = isText ? 0x01 : 0x02
        if let deflater, !random.oneIn(4), let compressed = compress(payload, deflater, &random) {
            payload = compressed
            first |= 0x40
        }
        if !random.oneIn(3) { return frame(0x80 | first, payload, &random) }
        var stream: [UInt8] = []
        var rest = payload[...]
        repeat {
            let piece = rest.prefix(random.size(upTo: 100))
            rest = rest.dropFirst(piece.count)
            let isLast = rest.isEmpty || random.oneIn(200)
            stream += frame((isLast ? 0x80 : 0) | first, Array(piece), &random)
            if random.oneIn(6) { stream += control(&random) }
            first = random.oneIn(60) ? 0x01 : 0x00
            if isLast { break }
        } while true
        return stream
    }

    private func compress(_ payload: [UInt8], _ deflater: WebSocketDeflater, _ random: inout RandomSource) -> [UInt8]? {
        if random.oneIn(40) {  // a bomb: a long run of one byte
            return [UInt8](repeating: 0x61, count: random.pick([65_535, 65_536, 65_537, 700_000])).withUnsafeBytes(deflater.deflate)
        }
        if random.oneIn(6) {  // one block that is stored as it is (RFC 1951 §3.2.4)
            let length = UInt16(truncatingIfNeeded: payload.count)
            return [0x00, UInt8(truncatingIfNeeded: length), UInt8(length >> 8), UInt8(truncatingIfNeeded: ~length), UInt8(~length >> 8)]
                + payload + [0x00]
        }
        return payload.withUnsafeBytes(deflater.deflate)
    }

    private func control(_ random: inout RandomSource) -> [UInt8] {
        frame(random.pick([0x89, 0x8A]), random.bytes(random.oneIn(30) ? random.pick([125, 126, 127]) : random.size(upTo: 125)), &random)
    }

    private func goodbye(_ random: inout RandomSource) -> [UInt8] {
        let code = random.pick([
            1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 4999, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535,
        ])
        if random.oneIn(8) { return random.bytes(random.below(2)) }
        return [UInt8(code >> 8), UInt8(code & 0xFF)] + Texts.utf8(&random, upTo: random.oneIn(20) ? 200 : 40)
    }

    private func size(_ random: inout RandomSource) -> Int { random.oneIn(10) ? random.pick(Numbers.sizes) : random.size(upTo: 300) }

    /// One frame, with a length and a mask as they should be, but for a few.
    private func frame(_ first: UInt8, _ payload: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var first = first
        if random.oneIn(80) { first ^= random.pick([0x10, 0x20, 0x40, 0x80, 0x08]) }
        let isMasked = random.oneIn(80) ? role == .client : role == .server
        var length = UInt64(payload.count)
        if random.oneIn(80) { length = random.pick([length + 1, 65_536, 1 << 31, 1 << 62, 1 << 63, .max]) }
        let bytes = random.oneIn(80) ? random.pick([0, 2, 8]) : length < 126 ? 0 : length < 65_536 ? 2 : 8
        var frame = [first, (isMasked ? 0x80 : 0) | (bytes == 0 ? UInt8(length & 0x7F) : bytes == 2 ? 126 : 127)]
        for shift in (0..<bytes).reversed() { frame.append(UInt8(truncatingIfNeeded: length >> UInt64(8 * shift))) }
        guard isMasked else { return frame + payload }
        let mask = random.oneIn(4) ? [0, 0, 0, 0] : random.bytes(4)
        return frame + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }
}
