import Testing

@testable import HTTPServer

@Suite struct WebSocketCompressionTests {
    private func compressed(_ text: String, isFinal: Bool = true) -> [UInt8] {
        let deflated = Array(text.utf8).withUnsafeBytes { WebSocketDeflater().deflate($0) } ?? []
        return deflated.withUnsafeBytes { WebSocketEncoder.frame(.text, $0, isFinal: isFinal, isCompressed: true, mask: Frames.key) }
    }

    @Test(arguments: Fragmentation.allCases) func `compressed and plain messages may follow each other`(_ fragmentation: Fragmentation) {
        let long = String(repeating: "parley ", count: 8)
        let stream = compressed(long) + Frames.client(.text, "plain") + compressed(long)
        let transcript = WebSocketTranscript(stream, fragmentation, inflater: WebSocketInflater())
        #expect(transcript.events == ["text \(long)", "text plain", "text \(long)"])
    }

    @Test func `a compressed message may be cut into fragments`() {
        let text = String(repeating: "0123456789", count: 6)
        let whole = compressed(text)
        let payload = Array(text.utf8).withUnsafeBytes { WebSocketDeflater().deflate($0) } ?? []
        #expect(WebSocketTranscript(whole, inflater: WebSocketInflater()).events == ["text \(text)"])
        for cut in 1..<payload.count {
            let first = payload[..<cut].withUnsafeBytes {
                WebSocketEncoder.frame(.text, $0, isFinal: false, isCompressed: true, mask: Frames.key)
            }
            let stream = first + Frames.client(.continuation, Array(payload[cut...]))
            #expect(WebSocketTranscript(stream, .bytewise, inflater: WebSocketInflater()).events == ["text \(text)"])
        }
    }

    @Test func `the example of the standard is understood`() {
        // RFC 7692 §7.2.3.1: "Hello" in one frame, and §7.2.3.4: in a block with BFINAL set.
        for payload: [UInt8] in [[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]] {
            let frame = payload.withUnsafeBytes { WebSocketEncoder.frame(.text, $0, isCompressed: true, mask: Frames.key) }
            #expect(WebSocketTranscript(frame, inflater: WebSocketInflater()).events == ["text Hello"])
        }
        // §7.2.3.3: a block without compression.
        let stored: [UInt8] = [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]
        let frame = stored.withUnsafeBytes { WebSocketEncoder.frame(.text, $0, isCompressed: true, mask: Frames.key) }
        #expect(WebSocketTranscript(frame, inflater: WebSocketInflater()).events == ["text Hello"])
    }

    @Test func `a bomb is stopped at the limit of a message`() {
        let bomb = compressed(String(repeating: "a", count: 1_000_000))
        #expect(bomb.count < 2_000)
        #expect(WebSocketTranscript(bomb, inflater: WebSocketInflater()).fault == .messageTooBig)
    }

    @Test func `above 64 KiB the ratio counts`() {
        let text = compressed(String(repeating: "a", count: 70_000))
        #expect(WebSocketTranscript(text, messageLimit: 1 << 20, inflater: WebSocketInflater()).fault == .messageTooBig)
        #expect(
            WebSocketTranscript(text, messageLimit: 1 << 20, inflationLimit: 10_000, inflater: WebSocketInflater()).events == [
                "text (70000 bytes)"
            ])
        let exact = compressed(String(repeating: "a", count: 65_536))
        #expect(WebSocketTranscript(exact, inflater: WebSocketInflater()).events == ["text (65536 bytes)"])
    }

    @Test(
        arguments: [
            [0xFF], [0x06, 0x00], [0xF2, 0x48], [0xF2, 0x48, 0xCD, 0xC9], [0x00, 0x05, 0x00, 0xFA, 0xFE, 0x48],
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0xFF],
        ] as [[UInt8]])
    func `a broken stream is refused, and the next socket is not hurt by it`(_ payload: [UInt8]) {
        let inflater = WebSocketInflater()
        let frame = payload.withUnsafeBytes { WebSocketEncoder.frame(.binary, $0, isCompressed: true, mask: Frames.key) }
        #expect(WebSocketTranscript(frame, inflater: inflater).fault == .malformedCompression)
        #expect(WebSocketTranscript(compressed(String(repeating: "b", count: 40)), inflater: inflater).fault == nil)
    }

    @Test func `an inflated text must be UTF-8 too`() {
        let broken = [UInt8](repeating: 0xFF, count: 50).withUnsafeBytes { WebSocketDeflater().deflate($0) } ?? []
        let frame = broken.withUnsafeBytes { WebSocketEncoder.frame(.text, $0, isCompressed: true, mask: Frames.key) }
        #expect(WebSocketTranscript(frame, inflater: WebSocketInflater()).fault == .invalidUTF8)
    }

    @Test func `only the first frame of a message carries the mark, and no control frame does`() {
        let inflater = WebSocketInflater()
        #expect(WebSocketTranscript(Frames.raw(0xC9, []), inflater: inflater).fault == .reservedBit)
        #expect(
            WebSocketTranscript(compressed("aaaaaaaaaaaaaaaaaaaa", isFinal: false) + Frames.raw(0xC0, []), inflater: inflater).fault
                == .reservedBit)
        #expect(WebSocketTranscript(compressed("aaaaaaaaaaaaaaaaaaaa")).fault == .reservedBit)
    }
}
