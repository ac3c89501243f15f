@testable import HTTPServer

/// A stream of frames that breaks the rules, and which one.
struct RefusedFrames: Sendable, CustomStringConvertible {
    let fault: WebSocketFault
    let bytes: [UInt8]
    let description: String
    var role = WebSocketDecoder.Role.server

    init(_ fault: WebSocketFault, _ bytes: [UInt8], _ description: String, role: WebSocketDecoder.Role = .server) {
        self.fault = fault
        self.bytes = bytes
        self.description = "\(fault): \(description)"
        self.role = role
    }

    static let all =
        masks + reservedBits + opcodes + lengths + controls + sequences + closes + texts + fragmentedTexts + sizes
}

extension RefusedFrames {
    static let masks =
        [WebSocketOpcode.text, .binary, .ping, .pong, .close, .continuation].flatMap { opcode in
            [0, 1, 125, 126, 70_000].filter { !opcode.isControl || $0 <= 125 }.map { count in
                RefusedFrames(
                    .maskMissing, WebSocketEncoder.frame(opcode, [UInt8](repeating: 0x61, count: count)),
                    "\(opcode) of \(count) without mask")
            }
        }
        + [WebSocketOpcode.text, .binary, .ping, .pong, .close].map {
            RefusedFrames(.maskUnexpected, Frames.client($0, "ab"), "\($0) with mask from a server", role: .client)
        }

    /// Each of the bits, alone and together, on every kind of frame.
    static let reservedBits = [UInt8(0x10), 0x20, 0x30, 0x40, 0x50, 0x60, 0x70].flatMap { bits in
        [UInt8(0x81), 0x82, 0x88, 0x89, 0x8A, 0x01, 0x02].map { first in
            RefusedFrames(
                .reservedBit, Frames.raw(first | bits, [0x61]), "reserved bits \(String(bits, radix: 16)) on \(String(first, radix: 16))")
        }
    }

    static let opcodes = [UInt8(0x3), 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF].flatMap { opcode in
        [UInt8(0x80), 0x00].flatMap { final in
            [0, 5].map {
                RefusedFrames(
                    .reservedOpcode, Frames.raw(final | opcode, [UInt8](repeating: 0x61, count: $0)), "opcode \(opcode), \($0) bytes")
            }
        }
    }

    static let lengths =
        [UInt64(0), 1, 64, 124, 125].map { RefusedFrames(.malformedLength, Frames.header(0x82, length: $0, in: 2), "\($0) in two bytes") }
        + [UInt64(0), 1, 125, 126, 127, 65_534, 65_535].map {
            RefusedFrames(.malformedLength, Frames.header(0x82, length: $0, in: 8), "\($0) in eight bytes")
        }
        + [UInt64(1) << 63, .max, 1 << 63 | 5].map {
            RefusedFrames(.malformedLength, Frames.header(0x82, length: $0, in: 8), "\($0), highest bit set")
        }

    static let controls = [UInt8(0x8), 0x9, 0xA].flatMap { opcode in
        [
            RefusedFrames(.controlTooLong, Frames.header(0x80 | opcode, length: 126, in: 2), "control \(opcode) of 126"),
            RefusedFrames(.controlTooLong, Frames.header(0x80 | opcode, length: 5, in: 2), "control \(opcode) of 5 in two bytes"),
            RefusedFrames(.controlTooLong, Frames.header(0x80 | opcode, length: 65_536, in: 8), "control \(opcode) of 65,536"),
            RefusedFrames(.controlTooLong, Frames.header(0x80 | opcode, length: .max, in: 8), "control \(opcode) of everything"),
            RefusedFrames(.controlFragmented, Frames.raw(opcode, []), "control \(opcode) in fragments"),
            RefusedFrames(.controlFragmented, Frames.raw(opcode, [0x61]), "control \(opcode) of 1 in fragments"),
            RefusedFrames(
                .controlFragmented, Frames.client(.text, "a", isFinal: false) + Frames.raw(opcode, [0x61]),
                "control \(opcode) in fragments, inside a message"),
        ]
    }

    static let sequences =
        [true, false].flatMap { isFinal in
            [
                RefusedFrames(
                    .continuationUnexpected, Frames.client(.continuation, "a", isFinal: isFinal), "continuation first, final \(isFinal)"),
                RefusedFrames(
                    .continuationUnexpected, Frames.client(.text, "a") + Frames.client(.continuation, "b", isFinal: isFinal),
                    "continuation behind a message"),
                RefusedFrames(
                    .continuationUnexpected,
                    Frames.client(.text, "a", isFinal: false) + Frames.client(.continuation, "b")
                        + Frames.client(.continuation, "c", isFinal: isFinal),
                    "continuation behind a fragmented message"),
                RefusedFrames(
                    .continuationUnexpected, Frames.client(.ping, "") + Frames.client(.continuation, "", isFinal: isFinal),
                    "continuation behind a ping"),
            ]
                + [WebSocketOpcode.text, .binary].flatMap { first in
                    [WebSocketOpcode.text, .binary].map { second in
                        RefusedFrames(
                            .continuationMissing, Frames.client(first, "a", isFinal: false) + Frames.client(second, "b", isFinal: isFinal),
                            "\(second) inside \(first), final \(isFinal)")
                    }
                }
        }

    static let closes =
        [UInt16(0), 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 6000, 65_535].flatMap { code in
            [
                RefusedFrames(.malformedClose, Frames.close(code), "close \(code)"),
                RefusedFrames(.malformedClose, Frames.close(code, [0x61]), "close \(code) with reason"),
            ]
        }
        + [RefusedFrames(.malformedClose, Frames.client(.close, [0x03]), "close with half a code")]
        + brokenTexts.prefix(12).map { RefusedFrames(.invalidUTF8, Frames.close(1000, $0.bytes), "close with \($0.name)") }

    /// Byte sequences that are not UTF-8, each for another reason.
    static let brokenTexts: [(name: String, bytes: [UInt8])] = [
        ("a lone continuation", [0x80]), ("another lone continuation", [0xBF]), ("an overlong slash", [0xC0, 0xAF]),
        ("an overlong NUL", [0xC0, 0x80]),
        ("C1", [0xC1, 0x81]), ("an overlong three", [0xE0, 0x80, 0xAF]), ("the largest overlong three", [0xE0, 0x9F, 0xBF]),
        ("an overlong four", [0xF0, 0x80, 0x80, 0xAF]), ("the largest overlong four", [0xF0, 0x8F, 0xBF, 0xBF]),
        ("a high surrogate", [0xED, 0xA0, 0x80]),
        ("a low surrogate", [0xED, 0xBF, 0xBF]), ("a surrogate pair", [0xED, 0xA1, 0x8C, 0xED, 0xBE, 0xB4]),
        ("above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
        ("F5", [0xF5, 0x80, 0x80, 0x80]), ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
        ("six bytes", [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]), ("FE", [0xFE]),
        ("FF", [0xFF]), ("FE FF", [0xFE, 0xFF]), ("a two cut by a letter", [0xC3, 0x61]), ("a three cut by a letter", [0xE2, 0x82, 0x61]),
        ("a four cut by a letter", [0xF0, 0x9F, 0x98, 0x61]), ("a three cut by a two", [0xE2, 0x82, 0xC3, 0xA9]), ("a cut two", [0xC3]),
        ("a cut three", [0xE2, 0x82]),
        ("a cut four", [0xF0, 0x9F, 0x98]), ("a lead alone", [0xF4]), ("Latin-1", [0x63, 0x61, 0x66, 0xE9]),
        ("UTF-16", [0xFF, 0xFE, 0x61, 0x00]),
    ]

    static let texts = brokenTexts.flatMap { text in
        [0, 7, 8, 31, 200].map { count in
            let padding = [UInt8](repeating: 0x61, count: count)
            return RefusedFrames(.invalidUTF8, Frames.client(.text, padding + text.bytes), "\(text.name) behind \(count) letters")
        }
    }

    static let fragmentedTexts = brokenTexts.filter { $0.bytes.count > 1 }.map { text in
        let frames =
            Frames.client(.text, [text.bytes[0]], isFinal: false) + Frames.client(.ping, "!")
            + Frames.client(.continuation, Array(text.bytes.dropFirst()))
        return RefusedFrames(.invalidUTF8, frames, "\(text.name), in two fragments")
    }

    static let sizes = [
        RefusedFrames(.messageTooBig, Frames.header(0x82, length: 65_537, in: 8), "65,537 bytes"),
        RefusedFrames(.messageTooBig, Frames.header(0x81, length: 1 << 62, in: 8), "4 EiB"),
        RefusedFrames(.messageTooBig, Frames.header(0x82, length: UInt64(Int.max), in: 8), "8 EiB"),
        RefusedFrames(
            .messageTooBig,
            Frames.client(.binary, [UInt8](repeating: 0, count: 65_536), isFinal: false) + Frames.client(.continuation, "x"),
            "64 KiB and a byte"),
        RefusedFrames(
            .messageTooBig, Frames.client(.text, "a", isFinal: false) + Frames.header(0x80, length: UInt64(Int.max), in: 8),
            "a continuation that overflows"),
        RefusedFrames(
            .tooManyFragments,
            Frames.client(.text, "a", isFinal: false) + (0..<1_024).flatMap { _ in Frames.client(.continuation, "", isFinal: false) },
            "1,025 fragments"),
    ]
}
