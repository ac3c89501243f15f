internal import Crypto
package import JSON

/// The id of a message. It is not stored: it is made of what the message is stored under.
///
///     48 bits  sent_at, milliseconds since 1970
///      4 bits  version 7
///     12 bits  seq, the high bits
///      2 bits  variant
///     22 bits  seq, the low bits
///     40 bits  the tail of the conversation's id
///
/// So an id costs no column and no index, ids of a conversation sort as its messages do, and an id that somebody
/// presents is looked up among the conversations they are in. `docs/decisions/message-ids.md` weighs it.
package struct MessageID: Hashable, Sendable {
    let value: UniqueID

    private static let seqLowBits: UInt64 = 22
    private static let tailBits: UInt64 = 40
    private static let seqLowMask: UInt64 = 1 << seqLowBits - 1
    private static let tailMask: UInt64 = 1 << tailBits - 1

    init(conversation: Conversation.ID, seq: Int64, sentAt: Timestamp) {
        let seq = UInt64(bitPattern: seq)
        let time = UInt64(bitPattern: sentAt.milliseconds)
        value = UniqueID(
            high: time << 16 | 0x7000 | (seq >> Self.seqLowBits) & 0xFFF,
            low: 0b10 << 62 | (seq & Self.seqLowMask) << Self.tailBits | conversation.value.low & Self.tailMask)
    }

    /// Reads an id that a client sent; `nil` unless it is a UUID of this form.
    package init?(_ text: String) {
        guard let value = UniqueID(text) else { return nil }
        self.init(value)
    }

    private init?(_ value: UniqueID) {
        guard value.version == 7, value.low >> 62 == 0b10 else { return nil }
        self.value = value
    }

    /// The message's number in its conversation.
    package var seq: Int64 { Int64((value.high & 0xFFF) << Self.seqLowBits | value.low >> Self.tailBits & Self.seqLowMask) }

    package var sentAt: Timestamp { Timestamp(milliseconds: Int64(value.high >> 16)) }

    /// The last hexadecimal digits of its conversation's id, as both are written.
    var conversationTail: String { String(value.description.suffix(Self.tailDigits)) }

    static let tailDigits = Int(tailBits / 4)

    /// Whether a message of `conversation` could have this id.
    func isPossible(in conversation: Conversation.ID) -> Bool {
        (value.low ^ conversation.value.low) & Self.tailMask == 0
    }
}

extension MessageID: JSONEncodable, JSONDecodable, JSONDescribed {
    package static var schema: JSONSchema { UniqueID.schema }

    package func encode(into json: inout JSONWriter) { value.encode(into: &json) }

    package init(from json: inout JSONReader) throws(JSONError) {
        guard let id = MessageID(try UniqueID(from: &json)) else { throw json.invalid(expected: "the id of a message") }
        self = id
    }
}
