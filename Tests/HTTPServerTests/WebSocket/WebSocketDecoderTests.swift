import Testing

@testable import HTTPServer

@Suite struct WebSocketDecoderTests {
    @Test(arguments: Fragmentation.allCases) func `messages and control frames come out in order`(_ fragmentation: Fragmentation) {
        let stream =
            Frames.client(.text, "hello") + Frames.client(.ping, "p") + Frames.client(.text, "fragment", isFinal: false)
            + Frames.client(.ping, "between")
            + Frames.client(.continuation, "", isFinal: false) + Frames.client(.pong, "") + Frames.client(.continuation, "ed κόσμε 😀")
            + Frames.client(.binary, [1, 2, 255]) + Frames.client(.text, "") + Frames.close(1000, Array("bye".utf8))
        let transcript = WebSocketTranscript(stream, fragmentation)
        #expect(
            transcript.events == [
                "text hello", "ping p", "ping between", "pong ", "text fragmented κόσμε 😀", "binary 1 2 ff", "text ", "close 1000 bye",
            ])
        #expect(transcript.fault == nil)
    }

    @Test(arguments: [0, 1, 7, 8, 15, 31, 32, 33, 63, 64, 65, 100, 124, 125, 126, 127, 128, 1_000, 65_535, 65_536])
    func `a message of any length arrives, from either side`(_ count: Int) {
        let text = String(repeating: "abcdefghij", count: count / 10 + 1).prefix(count)
        for fragmentation in [Fragmentation.whole, .random(seed: 4), .random(seed: 5)] {
            let fromClient = WebSocketTranscript(Frames.client(.text, String(text)), fragmentation)
            let fromServer = WebSocketTranscript(WebSocketEncoder.text(Array(text.utf8)), fragmentation, role: .client)
            #expect(fromClient == fromServer && fromClient.events.count == 1 && fromClient.fault == nil)
            if count <= 60 { #expect(fromClient.events == ["text \(text)"]) }
        }
    }

    @Test func `characters may be cut between fragments and between reads`() {
        let text = "aé€😀\u{10FFFF}\u{D7FF}\u{E000}\u{FFFD}z"
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            let stream = Frames.client(.text, Array(bytes[..<cut]), isFinal: false) + Frames.client(.continuation, Array(bytes[cut...]))
            for fragmentation in Fragmentation.allCases {
                #expect(WebSocketTranscript(stream, fragmentation).events == ["text \(text)"])
            }
        }
    }

    @Test(arguments: [UInt16(1000), 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4010, 4999])
    func `a close with a code that may be sent is understood`(_ code: UInt16) {
        let reason = [UInt8](repeating: 0x61, count: 123)
        for fragmentation in Fragmentation.allCases {
            #expect(WebSocketTranscript(Frames.close(code), fragmentation).events == ["close \(code) "])
            #expect(
                WebSocketTranscript(Frames.close(code, reason), fragmentation).events == [
                    "close \(code) \(String(repeating: "a", count: 123))"
                ])
        }
    }

    @Test func `an empty close has no code, and nothing is read behind it`() {
        #expect(WebSocketTranscript(Frames.client(.close, "") + Frames.client(.text, "late") + [0xFF]).events == ["close 0 "])
    }

    @Test func `as many fragments as allowed make a message`() {
        let stream =
            Frames.client(.text, "a", isFinal: false) + (0..<1_022).flatMap { _ in Frames.client(.continuation, "b", isFinal: false) }
            + Frames.client(.continuation, "c")
        #expect(WebSocketTranscript(stream).events == ["text (1024 bytes)"])
    }

    @Test func `a message that arrives in one piece is lent, not copied`() {
        var frame = Frames.client(.text, "in place")
        frame.withUnsafeMutableBytes { bytes in
            var decoder = WebSocketDecoder(role: .server)
            var input = bytes
            guard case .text(.lent(let payload)) = decoder.next(&input) else {
                Issue.record("the message was copied")
                return
            }
            #expect(payload.baseAddress == UnsafeRawPointer(bytes.baseAddress?.advanced(by: 6)))
        }
    }

    @Test func `the mask is the same wherever a payload is cut`() {
        let plain = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let mask = WebSocketMask(key: 0xA1B2_C3D4)
        let expected = plain.enumerated().map { $1 ^ UInt8(truncatingIfNeeded: mask.key >> (8 * UInt32($0 & 3))) }
        for cut in 0...plain.count {
            var bytes = plain
            bytes.withUnsafeMutableBytes { bytes in
                mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<cut]), offset: 0)
                mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[cut...]), offset: cut)
            }
            #expect(bytes == expected)
        }
    }

    @Test func `a close reason is cut between two characters`() {
        let frame = WebSocketEncoder.close(.normal, reason: String(repeating: "é", count: 100))
        #expect(frame.count == 2 + 2 + 122)
        #expect(WebSocketTranscript(frame, role: .client).events == ["close 1000 \(String(repeating: "é", count: 61))"])
    }
}
