/// One of the 16,384 parts of a cluster's keys. Source: Redis manual, Cluster specification, "Key distribution model".
struct HashSlot: Hashable, Sendable {
    static let count = 16_384

    let number: Int

    /// The slot with that number, if there is one.
    init?(_ number: Int) {
        guard 0..<Self.count ~= number else { return nil }
        self.number = number
    }

    /// The slot of a key: of the part between its first `{` and the next `}` if there is something between, else of all of it.
    init(of key: some BidirectionalCollection<UInt8>) {
        var tag = key[...]
        if let open = key.firstIndex(of: UInt8(ascii: "{")) {
            let rest = key[key.index(after: open)...]
            if let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex { tag = key[rest.startIndex..<close] }
        }
        number = Int(Self.crc16(tag)) % Self.count
    }

    /// CRC16 as XMODEM has it: polynomial 0x1021, beginning with 0.
    private static func crc16(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var remainder: UInt16 = 0
        for byte in bytes { remainder = remainder << 8 ^ table[Int(UInt8(remainder >> 8) ^ byte)] }
        return remainder
    }

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { remainder, _ in remainder & 0x8000 == 0 ? remainder << 1 : remainder << 1 ^ 0x1021 }
    }
}
