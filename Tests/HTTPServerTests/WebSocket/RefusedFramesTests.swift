import Testing

@testable import HTTPServer

@Suite struct RefusedFramesTests {
    @Test(arguments: RefusedFrames.all) func `frames that break the rules are refused however they are cut`(_ row: RefusedFrames) {
        for fragmentation in Fragmentation.allCases {
            let transcript = WebSocketTranscript(row.bytes, fragmentation, role: row.role)
            #expect(transcript.fault == row.fault, "\(fragmentation)")
        }
    }

    @Test(arguments: RefusedFrames.brokenTexts.filter { !canGoOn($0.bytes) })
    func `a text that cannot become right is refused before its frame is complete`(name: String, bytes: [UInt8]) {
        // The frame promises far more than it brings (Autobahn 6.4).
        let frame = Frames.header(0x81, length: 1_000, in: 2, masked: false) + bytes
        #expect(WebSocketTranscript(frame, .bytewise, role: .client).fault == .invalidUTF8, "\(name)")
    }

    @Test func `the refusal comes with the first byte that is wrong`() {
        let good = Array("κόσμε".utf8)
        let frame = WebSocketEncoder.frame(.text, good + [0xF4, 0x90, 0x80, 0x80] + Array("edited".utf8))
        let transcript = WebSocketTranscript(frame, .bytewise, role: .client)
        #expect(transcript.fault == .invalidUTF8 && transcript.faultPosition == 2 + good.count + 2)
    }

    @Test func `the table is as long as it should be`() {
        #expect(RefusedFrames.all.count >= 200)
        #expect(Set(RefusedFrames.all.map(\.fault)) == Set(WebSocketFault.allCases).subtracting([.malformedCompression]))
    }

    /// Whether the bytes are the beginning of some text.
    private static func canGoOn(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        return bytes.withUnsafeBytes { validator.take($0) }
    }
}
