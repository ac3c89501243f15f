import Crypto
import JSON
import Testing

@testable import DMService

@Suite struct MessageIDTests {
    private let conversation = Conversation.ID(UniqueID(high: 0x0189_0000_0000_7000, low: 0x8000_00ab_cdef_0123))

    @Test(arguments: [1, 2, 0x3F_FFFF, 0x40_0000, 1 << 34 - 1] as [Int64])
    func `an id gives back the place and the time it was made of`(seq: Int64) throws {
        let sentAt = Timestamp(milliseconds: 1_790_000_000_123)
        let id = MessageID(conversation: conversation, seq: seq, sentAt: sentAt)
        let read = try #require(MessageID(id.value.description))
        #expect(read.seq == seq)
        #expect(read.sentAt == sentAt)
        #expect(id.value.version == 7)
        #expect(id.isPossible(in: conversation))
    }

    @Test func `ids of a conversation sort as its messages do, and end as its own id does`() {
        let ids = (1...500).map {
            MessageID(conversation: conversation, seq: Int64($0), sentAt: Timestamp(milliseconds: 1_790_000_000_000))
        }
        #expect(ids.map(\.value) == ids.map(\.value).sorted())
        #expect(ids[0].value.description.suffix(10) == conversation.description.suffix(10))
    }

    @Test func `an id of another conversation is not possible here`() {
        let other = Conversation.ID(UniqueID(high: 0x0189_0000_0000_7000, low: 0x8000_00ab_cdef_0124))
        #expect(!MessageID(conversation: other, seq: 1, sentAt: .now).isPossible(in: conversation))
    }

    @Test(arguments: [
        "", "1", "01890000-0000-4000-8000-000000000000", "01890000-0000-7000-0000-000000000000", "zzzzzzzz-0000-7000-8000-000000000000",
    ])
    func `what is no id of a message is refused`(text: String) { #expect(MessageID(text) == nil) }
}

@Suite struct MessageTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("  ends  ", "ends"), ("a\r\nb\rc\nd", "a\nb\nc\nd"), ("tab\tstays", "tab\tstays"), ("be\u{7}ll\u{0}", "bell"),
        ("\u{85}\u{9F}x", "x"), ("\u{3000}wide\u{3000}", "wide"), (" \n\t ", ""), ("zero\u{200D}width", "zero\u{200D}width"),
        ("e\u{301}", "e\u{301}"),
    ])
    func `text is stored without controls and outer white space`(entered: String, stored: String) {
        // acceptance: A-046
        #expect(Array(MessageText.cleaned(entered).unicodeScalars) == Array(stored.unicodeScalars))
    }

    @Test func `cleaning what is clean changes nothing`() {
        for text in ["a", "ä\nö", "🙂 👨‍👩‍👧"] { #expect(MessageText.cleaned(MessageText.cleaned(text)) == MessageText.cleaned(text)) }
    }
}

@Suite struct ClientMessageIDTests {
    @Test(arguments: ["a", "01890000-0000-7000-8000-000000000000", String(repeating: "~", count: 64)])
    func `visible ASCII is taken`(text: String) { #expect(ClientMessageID(text)?.text == text) }

    @Test(arguments: ["", " ", "a b", "ä", "line\n", String(repeating: "a", count: 65)])
    func `everything else is refused`(text: String) { #expect(ClientMessageID(text) == nil) }

    @Test func `keys of time-ordered ids keep their time in front, and differ all the same`() throws {
        let sender = Member.ID(UniqueID(high: 1, low: 1))
        let ids = (0..<4).map { UniqueID(high: 0x0189_0000_0000_7000 + UInt64($0), low: 0x8000_0000_0000_0001) }
        let keys = try ids.map { try #require(ClientMessageID($0.description)).dedupeKey(of: sender) }
        #expect(keys.allSatisfy { $0.high >> 16 == 0x0189_0000_0000 })
        #expect(Set(keys).count == 4)
    }

    @Test func `the key of one sender is not another's`() throws {
        let id = try #require(ClientMessageID("same"))
        let (one, other) = (Member.ID(UniqueID(high: 1, low: 1)), Member.ID(UniqueID(high: 1, low: 2)))
        #expect(id.dedupeKey(of: one) != id.dedupeKey(of: other))
        #expect(id.dedupeKey(of: one) == id.dedupeKey(of: one))
    }
}

@Suite struct WriteBatchTests {
    @Test func `entries are grouped by conversation, ascending, and keep their order inside`() async {
        let sender = Profile(id: Member.ID(UniqueID(high: 0, low: 1)), username: "ada", displayName: "Ada")
        let ids = [3, 1, 3, 2, 1, 3].map { Conversation.ID(UniqueID(high: 0, low: $0)) }
        var batch = WriteBatch([])
        _ = await withCheckedContinuation { waiter in
            batch = WriteBatch(
                ids.enumerated().map { index, id in
                    PendingMessage(Message.Draft(kind: .text, content: "\(index)"), to: id, from: sender, waiter: .task(waiter))
                })
            waiter.resume(returning: .refused(.empty))
        }
        #expect(batch.conversations.map(\.value.low) == [1, 2, 3])
        #expect(batch.counts == [2, 1, 3])
        #expect(batch.entries.map(\.draft.content) == ["1", "4", "3", "0", "2", "5"])
        #expect(batch.slots == [1, 1, 2, 3, 3, 3])
        #expect(batch.places == [1, 2, 1, 1, 2, 3])
    }
}

@Suite struct NameTests {
    @Test(arguments: ["a@b.c", "Ada.Lovelace+x@mail.example.org", "ü@exämple.org"])
    func `an address is taken`(text: String) { #expect(EmailAddress(text)?.text == text) }

    @Test(arguments: [
        "", "a", "a@b", "@b.c", "a@", "a@b.", "a@.c", "a b@c.d", "a@b@c.d", "a@b.c\n", String(repeating: "a", count: 65) + "@b.c",
    ])
    func `what is no address is refused`(text: String) { #expect(EmailAddress(text) == nil) }

    @Test(arguments: [
        ("http://localhost:8080", true), ("http://127.0.0.1", true), ("https://[::1]:8443", true), ("http://localhost.evil.org", false),
        ("https://Chat.example.org:8443", true), ("https://chat.example.org", false), ("http://evil.org", false), ("null", false),
        ("", false), ("http://evil.org/localhost", false),
    ])
    func `without a list only pages of this host and this machine may open a socket`(origin: String, isAllowed: Bool) {
        // acceptance: A-044
        #expect(Origins(allowed: nil).allows(origin, host: "chat.example.org:8443") == isAllowed)
    }

    @Test func `with a list only pages on it may`() {
        let origins = Origins(allowed: ["https://chat.example.org"])
        #expect(origins.allows("https://chat.example.org", host: "internal:8080"))
        #expect(!origins.allows("http://localhost:8080", host: "localhost:8080"))
    }
}

@Suite struct HintLetterTests {
    private let conversation = Conversation.ID(UniqueID(high: 0x0189_0000_0000_7000, low: 0x8000_00ab_cdef_0123))

    @Test func `a hint says what it was made of`() throws {
        let changes = [(1, 1, 0), (7, 900, 3), (1, Int64.max - 1, Int64.max)].map { first, last, membersRev in
            ConversationChange(conversation: conversation, first: first, last: last, membersRev: membersRev)
        }
        let letter = HintLetter(node: UniqueID(high: 1, low: 2), changes: changes)
        let read = try #require(HintLetter(letter.bytes))
        #expect(read.node == letter.node)
        #expect(read.changes.map { [$0.first, $0.last, $0.membersRev] } == changes.map { [$0.first, $0.last, $0.membersRev] })
        #expect(read.changes.allSatisfy { $0.conversation == conversation })
    }

    @Test(arguments: [(0, 1, 0), (2, 1, 0), (-1, 1, 0), (1, Int64.max, 0), (1, 1, -1)] as [(Int64, Int64, Int64)])
    func `revs that cannot be are no hint`(first: Int64, last: Int64, membersRev: Int64) {
        let change = ConversationChange(conversation: conversation, first: first, last: last, membersRev: membersRev)
        let bytes = HintLetter(node: UniqueID(high: 1, low: 2), changes: [change]).bytes
        #expect(HintLetter(bytes) == nil)
        #expect(HintLetter([]) == nil && HintLetter(Array(bytes.dropLast())) == nil && HintLetter(Array(bytes.prefix(16))) == nil)
    }
}
