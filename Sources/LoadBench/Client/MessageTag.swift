import Crypto
import JSON

/// A `client_msg_id` that says whose message it is, and the how manieth: a UUID of version 7, as good clients make them.
struct MessageTag: Equatable {
    /// Of the sender, 42 bits, chosen at random for each run.
    let sender: UInt64
    /// From 0; 32 bits.
    let number: Int

    init(sender: UInt64, number: Int) {
        self.sender = sender
        self.number = number
    }

    /// Someone who sends.
    static func randomSender() -> UInt64 { .random(in: 0..<1 << 42) }

    /// Reads an id. One that is no such UUID gives a tag that nobody has.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        guard let id = UniqueID(utf8: text), id.version == 7 else {
            self.init(sender: 0, number: -1)
            return
        }
        self.init(sender: (id.high & 0xFFF) << 30 | id.low >> 32 & 0x3FFF_FFFF, number: Int(id.low & 0xFFFF_FFFF))
    }

    /// The id of a message that is written now.
    func text(at time: Timestamp = .now) -> String {
        UniqueID(
            high: UInt64(time.milliseconds) << 16 | 0x7000 | sender >> 30,
            low: 0b10 << 62 | (sender & 0x3FFF_FFFF) << 32 | UInt64(number)
        ).description
    }
}
