/// A `client_msg_id` that says whose message it is, and the how manieth: `0123456789abcdef-42`.
struct MessageTag: Equatable {
    /// Of the sender, chosen at random for each run.
    let sender: UInt64
    /// From 0.
    let number: Int

    init(sender: UInt64, number: Int) {
        self.sender = sender
        self.number = number
    }

    /// Reads an id. One that is not of our making gives a tag that nobody has.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        self.init(sender: 0, number: -1)
        guard text.count > 17, text[16] == UInt8(ascii: "-") else { return }
        var sender: UInt64 = 0
        for byte in text[..<16] {
            guard let digit = Self.value(of: byte) else { return }
            sender = sender << 4 | digit
        }
        var number = 0
        for byte in text[17...] {
            guard let digit = Self.value(of: byte), digit < 10, number < Int.max / 16 else { return }
            number = number * 10 + Int(digit)
        }
        self.init(sender: sender, number: number)
    }

    var text: String {
        let digits = String(sender, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + "-\(number)"
    }

    private static func value(of digit: UInt8) -> UInt64? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(digit - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
