/// The fields of a `traceparent` header: `00-<32 hex>-<16 hex>-<2 hex>`. Source: W3C Trace Context §3.2.2.
struct Traceparent {
    let traceID: UInt128
    let parentID: UInt64
    let flags: UInt8

    /// Length of a header of version 00. Those of a later version begin alike and may go on after a further `-`.
    private static let length = 55

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= Self.length, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let version: UInt8 = Self.hex(bytes[0..<2]), let traceID: UInt128 = Self.hex(bytes[3..<35]),
            let parentID: UInt64 = Self.hex(bytes[36..<52]), let flags: UInt8 = Self.hex(bytes[53..<55])
        else { return nil }
        guard version != 0xFF, traceID != 0, parentID != 0 else { return nil }
        guard bytes.count == Self.length || version > 0 && bytes[Self.length] == UInt8(ascii: "-") else { return nil }
        self.traceID = traceID
        self.parentID = parentID
        self.flags = flags
    }

    /// A number from exactly as many lower-case digits as it is wide; upper case is refused (§3.2.2.1: HEXDIGLC).
    private static func hex<Value: FixedWidthInteger>(_ digits: ArraySlice<UInt8>) -> Value? {
        var value: Value = 0
        for digit in digits {
            guard let digit = digit.lowercaseHexValue else { return nil }
            value = value << 4 | Value(digit)
        }
        return value
    }
}
