/// A set of ASCII characters: two words, one bit each, so that asking costs a shift and no memory access.
struct CharacterSet: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// Whether `byte` is in the set. Bytes above 127 never are.
    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : high
        return byte < 128 && word >> UInt64(byte & 63) & 1 == 1
    }
}

extension CharacterSet {
    /// Letters, digits and ``!#$%&'*+-.^_`|~``: names of methods and fields. Source: RFC 9110 §5.6.2.
    static let token = CharacterSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)

    /// What may stand in a request target besides escapes and question marks: the printable characters but `"#<>\`. RFC 3986 is
    /// stricter; browsers leave ``[]^`{|}`` as they are (WHATWG URL, percent-encode sets), and nothing here is confused by them.
    static let target = CharacterSet(low: 0x2FFF_FFD2_0000_0000, high: 0x7FFF_FFFF_EFFF_FFFF)

    /// Letters, digits, `-`, `.` and `_`: what a host name is made of in practice. RFC 3986 §3.2.2 allows more, DNS does not.
    static let hostName = CharacterSet(low: 0x03FF_6000_0000_0000, high: 0x07FF_FFFE_87FF_FFFE)

    /// Printable ASCII and the blanks.
    static let printable = CharacterSet(low: 0xFFFF_FFFF_0000_0200, high: 0x7FFF_FFFF_FFFF_FFFF)
}
