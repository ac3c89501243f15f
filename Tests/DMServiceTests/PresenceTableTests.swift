import Crypto
import JSON
import Testing

@testable import DMService

private let ada = Member.ID(UniqueID(high: 1, low: 1))
private let ben = Member.ID(UniqueID(high: 1, low: 2))
private let north = UniqueID(high: 9, low: 1)
private let south = UniqueID(high: 9, low: 2)

private func moment(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

/// Who is there, by a clock that is turned by hand: milliseconds.
@Suite struct PresenceTableTests {
    private var table = PresenceTable(times: .init(grace: 5_000, lifetime: 60_000, noting: 60_000))

    // acceptance: E-026
    @Test mutating func `who has no socket any more is gone after the grace, and was last seen when it began`() {
        #expect(table.note(ada, hasSockets: true, now: 0, at: moment(0)) == .arrived)
        #expect(table.note(ada, hasSockets: false, now: 1_000, at: moment(1)) == .left)
        #expect(table.isOnline(ada, now: 5_999))
        #expect(table.due(now: 5_999).gone.isEmpty)
        let gone = table.due(now: 6_000).gone
        #expect(gone.map(\.member) == [ada] && gone.map(\.since) == [moment(1)])
        #expect(!table.isOnline(ada, now: 6_000))
        #expect(table.hereCount == 0)
    }

    @Test mutating func `who comes back within the grace was never away`() {
        _ = table.note(ada, hasSockets: true, now: 0, at: moment(0))
        for round in 0..<3 as Range<UInt64> {
            #expect(table.note(ada, hasSockets: false, now: round * 4_000 + 1_000, at: moment(1)) == .left)
            #expect(table.note(ada, hasSockets: true, now: round * 4_000 + 4_000, at: moment(4)) == .nothing)
        }
        #expect(table.due(now: 20_000).gone.isEmpty)
        #expect(table.isOnline(ada, now: 20_000))
        #expect(table.hereCount == 1)
    }

    @Test mutating func `each departure has a grace of its own`() {
        _ = table.note(ada, hasSockets: true, now: 0, at: moment(0))
        _ = table.note(ada, hasSockets: false, now: 1_000, at: moment(1))
        _ = table.note(ada, hasSockets: true, now: 2_000, at: moment(2))
        _ = table.note(ada, hasSockets: false, now: 3_000, at: moment(3))
        #expect(table.due(now: 6_500).gone.isEmpty, "the first departure is over, not the second")
        #expect(table.due(now: 8_000).gone.map(\.since) == [moment(3)])
    }

    @Test mutating func `the same is noted once`() {
        #expect(table.note(ada, hasSockets: false, now: 0, at: moment(0)) == .nothing)
        #expect(table.note(ada, hasSockets: true, now: 0, at: moment(0)) == .arrived)
        #expect(table.note(ada, hasSockets: true, now: 1, at: moment(0)) == .nothing)
        #expect(table.note(ada, hasSockets: false, now: 2, at: moment(0)) == .left)
        #expect(table.note(ada, hasSockets: false, now: 3, at: moment(0)) == .nothing)
    }

    // acceptance: A-019, C-033
    @Test mutating func `a stay is renewed twice in a word's life, and noted once a minute`() {
        _ = table.note(ada, hasSockets: true, now: 0, at: moment(0))
        var (renewed, seen): ([UInt64], [UInt64]) = ([], [])
        for now in stride(from: 0, through: 180_000, by: 1_000) as StrideThrough<UInt64> {
            let due = table.due(now: now)
            if due.renewed == [ada] { renewed.append(now) }
            if due.seen == [ada] { seen.append(now) }
        }
        #expect(renewed == [30_000, 60_000, 90_000, 120_000, 150_000, 180_000])
        #expect(seen == [60_000, 120_000, 180_000])
    }

    @Test mutating func `who left and came again is renewed once, not twice`() {
        _ = table.note(ada, hasSockets: true, now: 0, at: moment(0))
        _ = table.note(ada, hasSockets: false, now: 1_000, at: moment(1))
        _ = table.due(now: 6_000)
        #expect(table.note(ada, hasSockets: true, now: 7_000, at: moment(7)) == .arrived)
        #expect(table.due(now: 30_000).renewed.isEmpty, "the first stay is over")
        #expect(table.due(now: 37_000).renewed == [ada])
    }

    @Test mutating func `who is here is known, those who may come back among them`() {
        _ = table.note(ada, hasSockets: true, now: 0, at: moment(0))
        _ = table.note(ben, hasSockets: true, now: 0, at: moment(0))
        _ = table.note(ben, hasSockets: false, now: 10, at: moment(3))
        #expect(Dictionary(table.here.map { ($0.member, $0.since) }) { $1 } == [ada: nil, ben: moment(3)])
    }

    // MARK: Other nodes

    @Test mutating func `somebody is there while any node says so`() {
        table.watch(ada)
        #expect(table.hear(ada, for: 60_000, lastSeen: nil, from: north, now: 0) == true)
        #expect(table.hear(ada, for: 60_000, lastSeen: nil, from: south, now: 1_000) == true)
        #expect(table.hear(ada, for: 0, lastSeen: moment(2), from: north, now: 2_000) == true)
        #expect(table.isOnline(ada, now: 2_000), "another device, at another node")
        _ = table.hear(ada, for: 0, lastSeen: moment(1), from: south, now: 3_000)
        #expect(!table.isOnline(ada, now: 3_000))
        #expect(table.lastSeen(ada) == moment(2), "the latest of both")
    }

    @Test mutating func `sockets here outweigh what others say`() {
        table.watch(ada)
        _ = table.note(ada, hasSockets: true, now: 0, at: moment(0))
        _ = table.hear(ada, for: 0, lastSeen: nil, from: north, now: 1)
        #expect(table.isOnline(ada, now: 1))
    }

    @Test mutating func `a word of which nobody wants to know is not kept`() {
        #expect(table.hear(ada, for: 60_000, lastSeen: nil, from: north, now: 0) == false)
        table.watch(ada)
        #expect(!table.isOnline(ada, now: 0))
    }

    // acceptance: A-019
    @Test mutating func `the word of a node that died runs out, and is found by the sweep`() {
        table.watch(ada)
        _ = table.hear(ada, for: 60_000, lastSeen: nil, from: north, now: 0)
        #expect(table.sweep(now: 59_000).expired.isEmpty)
        #expect(table.isOnline(ada, now: 59_999) && !table.isOnline(ada, now: 60_000))
        #expect(table.sweep(now: 60_000).expired == [ada])
        #expect(table.sweep(now: 61_000).expired.isEmpty, "once")
    }

    @Test mutating func `what a node says itself is newer than what was being read`() {
        table.watch(ada)
        table.beginReading([ada], now: 100)
        _ = table.hear(ada, for: 0, lastSeen: nil, from: north, now: 110)
        table.learn(ada, from: [north], for: 50_000, askedAt: 100, now: 120)
        #expect(!table.isOnline(ada, now: 120), "it left while it was read")
        table.beginReading([ada], now: 200)
        table.learn(ada, from: [north], for: 50_000, askedAt: 200, now: 210)
        #expect(table.isOnline(ada, now: 210), "it is there again")
    }

    @Test mutating func `what was read never shortens a word, and lost keys end none`() {
        table.watch(ada)
        _ = table.hear(ada, for: 60_000, lastSeen: nil, from: north, now: 0)
        table.beginReading([ada], now: 10)
        table.learn(ada, from: [north], for: 1_000, askedAt: 10, now: 20)
        #expect(table.isOnline(ada, now: 59_000))
        table.learn(ada, from: [], for: 0, askedAt: 10, now: 20)
        #expect(table.isOnline(ada, now: 59_000), "no flicker where Redis forgot")
    }

    @Test mutating func `words are heard from the moment that somebody asks`() {
        table.beginReading([ada], now: 0)
        _ = table.hear(ada, for: 60_000, lastSeen: nil, from: north, now: 1)
        #expect(table.isOnline(ada, now: 2))
    }

    @Test mutating func `knowledge is read again after half a word's life, after a gap, and after a failure`() {
        table.watch(ada)
        #expect(table.isStale(ada, now: 0))
        table.beginReading([ada], now: 0)
        #expect(!table.isStale(ada, now: 29_999) && table.isStale(ada, now: 30_000))
        #expect(table.sweep(now: 30_000).stale == [ada])
        table.beginReading([ada], now: 30_000)
        table.forgetReadings()
        #expect(table.isStale(ada, now: 30_000))
        table.beginReading([ada], now: 30_000)
        table.failReading([ada])
        #expect(table.isStale(ada, now: 30_000))
    }

    @Test mutating func `whom nobody watches any more is forgotten in time`() {
        table.watch(ada)
        table.beginReading([ada], now: 0)
        _ = table.hear(ada, for: 60_000, lastSeen: nil, from: north, now: 0)
        table.unwatch(ada, now: 100)
        #expect(table.isOnline(ada, now: 200), "asked lately: still known")
        _ = table.sweep(now: 30_000)
        #expect(!table.isOnline(ada, now: 30_000) && table.isStale(ada, now: 30_000))
    }
}

/// Which sockets are shown whom.
@Suite struct PresenceWatchesTests {
    private final class Socket {}
    private let socket = Socket()
    private let other = Socket()
    private var watches = PresenceWatches()
    private var one: ObjectIdentifier { ObjectIdentifier(socket) }
    private var two: ObjectIdentifier { ObjectIdentifier(other) }
    private let viewer = Member.ID(UniqueID(high: 2, low: 1))

    private mutating func watch(_ people: [Member.ID], _ online: [Member.ID: Bool]) -> PresenceWatches.Difference? {
        let turn = watches.begin(one, of: viewer)
        return watches.set(people, online: online, of: one, turn: turn)
    }

    @Test mutating func `a socket is told what differs from what it was shown`() {
        #expect(watch([ada, ben], [ada: false]) == .init(gained: [ada]))
        #expect(watches.tell(of: ada, isOnline: false).isEmpty)
        #expect(watches.tell(of: ada, isOnline: true) == [one])
        #expect(watches.tell(of: ada, isOnline: true).isEmpty)
        #expect(watches.tell(of: ben, isOnline: true).isEmpty, "whom it may not see never changes")
    }

    @Test mutating func `a new list replaces the old one, and none ends it`() {
        _ = watch([ada], [ada: true])
        #expect(watch([ben], [ben: true]) == .init(gained: [ben], lost: [ada]))
        #expect(watches.tell(of: ada, isOnline: false).isEmpty)
        #expect(watch([], [:]) == .init(lost: [ben]))
        #expect(watches.tell(of: ben, isOnline: false).isEmpty)
    }

    @Test mutating func `a list that was overtaken, or whose socket has ended, changes nothing`() {
        let first = watches.begin(one, of: viewer)
        let second = watches.begin(one, of: viewer)
        #expect(watches.set([ben], online: [ben: true], of: one, turn: second) != nil)
        #expect(watches.set([ada], online: [ada: true], of: one, turn: first) == nil)
        #expect(watches.end(one) == [ben])
        #expect(watches.set([ada], online: [ada: true], of: one, turn: second) == nil)
        #expect(watches.tell(of: ada, isOnline: false).isEmpty && watches.doubt(ada).isEmpty && watches.doubt(viewer).isEmpty)
    }

    @Test mutating func `nothing is shown while it is in doubt, and then what became of it`() {
        _ = watch([ada, ben], [ada: true])
        #expect(watches.doubt(ada) == [one])
        #expect(watches.doubts(of: one)?.people == [ada])
        #expect(watches.tell(of: ada, isOnline: false).isEmpty)
        var settled = watches.settle([ada], online: [ada: false], of: one)
        #expect(settled.changed == [ada] && settled.difference == .init(), "what was not told meanwhile")
        _ = watches.doubt(ada)
        settled = watches.settle([ada], online: [:], of: one)
        #expect(settled.changed == [ada] && settled.difference == .init(lost: [ada]), "hidden from now on")
        _ = watches.doubt(ben)
        settled = watches.settle([ben], online: [ben: true], of: one)
        #expect(settled.changed == [ben] && settled.difference == .init(gained: [ben]), "shown from now on")
    }

    @Test mutating func `a change of the viewer puts all of theirs in doubt, and no one else's`() {
        _ = watch([ada, ben], [ada: true, ben: true])
        let turn = watches.begin(two, of: ada)
        _ = watches.set([ben], online: [ben: true], of: two, turn: turn)
        #expect(watches.doubt(viewer) == [one])
        #expect(Set(watches.doubts(of: one)?.people ?? []) == [ada, ben])
        #expect(watches.tell(of: ben, isOnline: false) == [two])
        #expect(Set(watches.doubt(ada)) == [one, two], "as somebody who is watched, and as somebody who watches")
    }
}

/// How what nodes tell each other is written.
@Suite struct NodeLetterTests {
    @Test func `a letter is read as it was written`() throws {
        let words = [
            PresenceLetter.Word(member: ada, milliseconds: 60_000, lastSeen: nil),
            PresenceLetter.Word(member: ben, milliseconds: 0, lastSeen: moment(1_790_000_000)),
        ]
        let letter = try #require(PresenceLetter(PresenceLetter(node: north, words: words).bytes))
        #expect(letter.node == north && letter.words == words)
        let news = [
            TypingNotices.News(conversation: Conversation.ID(south), member: ada, isTyping: true, hearers: [ben]),
            TypingNotices.News(conversation: Conversation.ID(north), member: ben, isTyping: false, hearers: [ada, ben]),
        ]
        #expect(try #require(TypingLetter(TypingLetter(node: north, news: news).bytes)).news == news)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 32, 43, 44, 45]) func `what is cut short, or too long, is no letter`(length: Int) {
        let whole = PresenceLetter(node: north, words: [.init(member: ada, milliseconds: 1, lastSeen: nil)]).bytes
        let bytes = length > whole.count ? whole + [0] : Array(whole.prefix(length))
        #expect((PresenceLetter(bytes) != nil) == (length == whole.count))
        #expect(TypingLetter(bytes) == nil)
    }
}
