internal import Crypto
internal import JSON

/// What one node tells the others about who is there. Who hears it believes it for as long as it says.
package struct PresenceLetter {
    struct Word: Sendable, Equatable {
        let member: Member.ID
        /// For how long they are there, in milliseconds; 0: they are gone.
        let milliseconds: UInt32
        /// When they were last there, once they are gone.
        let lastSeen: Timestamp?
    }

    /// Words of one letter.
    private static let limit = 1_024
    /// Longer than any node speaks for: an hour.
    private static let longest: UInt32 = 3_600_000

    let node: UniqueID
    let words: [Word]

    init(node: UniqueID, words: [Word]) {
        self.node = node
        self.words = words
    }

    /// Who sent it, and 28 bytes for each word; all numbers big-endian.
    package var bytes: [UInt8] {
        var writer = LetterWriter()
        writer.write(node)
        for word in words {
            writer.write(word.member.value)
            writer.write(word.milliseconds)
            writer.write(word.lastSeen?.milliseconds ?? .min)
        }
        return writer.bytes
    }

    /// Reads ``bytes``; `nil` for anything else.
    package init?(_ bytes: [UInt8]) {
        var reader = LetterReader(bytes)
        guard let node = reader.id(), let words = reader.all(limit: Self.limit, Self.word) else { return nil }
        self.node = node
        self.words = words
    }

    private static func word(_ reader: inout LetterReader) -> Word? {
        guard let member = reader.id(), let milliseconds: UInt32 = reader.number(), let seen: Int64 = reader.number(),
            milliseconds <= longest
        else { return nil }
        let lastSeen = seen == .min ? nil : Timestamp(milliseconds: seen)
        guard lastSeen.map({ Timestamp.earliest...Timestamp.latest ~= $0 }) ?? true else { return nil }
        return Word(member: Member.ID(member), milliseconds: milliseconds, lastSeen: lastSeen)
    }
}

/// What one node tells the others about who types, with those who may hear it: it has asked the database who that is.
package struct TypingLetter {
    /// Notices of one letter.
    static let limit = 1_024

    let node: UniqueID
    let news: [TypingNotices.News]

    init(node: UniqueID, news: [TypingNotices.News]) {
        self.node = node
        self.news = news
    }

    /// Who sent it, and for each notice 35 bytes and 16 for each hearer; all numbers big-endian.
    package var bytes: [UInt8] {
        var writer = LetterWriter()
        writer.write(node)
        for notice in news {
            writer.write(notice.conversation.value)
            writer.write(notice.member.value)
            writer.write(UInt8(notice.isTyping ? 1 : 0))
            writer.write(UInt16(clamping: notice.hearers.count))
            for hearer in notice.hearers.prefix(Int(UInt16.max)) { writer.write(hearer.value) }
        }
        return writer.bytes
    }

    /// Reads ``bytes``; `nil` for anything else.
    package init?(_ bytes: [UInt8]) {
        var reader = LetterReader(bytes)
        guard let node = reader.id(), let news = reader.all(limit: Self.limit, Self.notice) else { return nil }
        self.node = node
        self.news = news
    }

    private static func notice(_ reader: inout LetterReader) -> TypingNotices.News? {
        guard let conversation = reader.id(), let member = reader.id(), let flag: UInt8 = reader.number(), flag <= 1,
            let count: UInt16 = reader.number()
        else { return nil }
        var hearers: [Member.ID] = []
        for _ in 0..<count {
            guard let hearer = reader.id() else { return nil }
            hearers.append(Member.ID(hearer))
        }
        return TypingNotices.News(
            conversation: Conversation.ID(conversation), member: Member.ID(member), isTyping: flag == 1, hearers: hearers)
    }
}

/// Numbers one behind the other, big-endian.
private struct LetterWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }

    mutating func write(_ id: UniqueID) {
        write(id.high)
        write(id.low)
    }
}

/// Reads what ``LetterWriter`` wrote.
private struct LetterReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func number<Number: FixedWidthInteger>() -> Number? {
        let size = Number.bitWidth / 8
        guard rest.count >= size else { return nil }
        let number = rest.prefix(size).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(size)
        return Number(truncatingIfNeeded: number)
    }

    mutating func id() -> UniqueID? {
        guard let high: UInt64 = number(), let low: UInt64 = number() else { return nil }
        return UniqueID(high: high, low: low)
    }

    /// Everything that is left, of one kind; `nil` if there is nothing, too much, or something else.
    mutating func all<Element>(limit: Int, _ next: (inout LetterReader) -> Element?) -> [Element]? {
        var elements: [Element] = []
        while !rest.isEmpty {
            guard elements.count < limit, let element = next(&self) else { return nil }
            elements.append(element)
        }
        return elements.isEmpty ? nil : elements
    }
}
