/// Numbers at which programs change their minds, as they are written in texts and as they stand in bytes.
enum Numbers {
    static let written = [
        "0", "1", "-1", "+1", "00", "01", "-0", "1e3", "1.0", "0x10", "10", "99", "100", "101", "125", "126", "127", "128", "255", "256",
        "1000", "65535", "65536", "65537", "2147483647", "2147483648", "4294967295", "4294967296", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "1e308", "1e309", "1e-400", "ffffffffffffffff", "7fffffffffffffff", "10000000000000000", "\u{FF11}", "1 ",
        " 1", "1_000", "",
    ]

    /// Sizes around the steps of encodings and limits.
    static let sizes = [
        0, 1, 2, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 124, 125, 126, 127, 128, 255, 256, 1_023, 1_024, 1_025, 4_096, 65_535, 65_536,
        65_537,
    ]

    /// Bytes that mean something to one parser or another.
    static let bytes: [UInt8] = [
        0x00, 0x01, 0x09, 0x0A, 0x0B, 0x0D, 0x1F, 0x20, 0x22, 0x24, 0x25, 0x26, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x30, 0x3A, 0x3B, 0x3D, 0x3F,
        0x40, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0x88, 0x89, 0x8A, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4,
        0xF5, 0xFE, 0xFF,
    ]
}
