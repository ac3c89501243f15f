import Crypto
import JSON
import Testing

@testable import DMService

private let ada = Member.ID(UniqueID(high: 1, low: 1))
private let ben = Member.ID(UniqueID(high: 1, low: 2))
private let eve = Member.ID(UniqueID(high: 1, low: 3))
private let here = Conversation.ID(UniqueID(high: 3, low: 1))
private let there = Conversation.ID(UniqueID(high: 3, low: 2))

/// Notices of typing, by a clock that is turned by hand: milliseconds.
@Suite struct TypingNoticesTests {
    private var notices = TypingNotices(interval: 1_000, lifetime: 6_000)

    private mutating func says(_ isTyping: Bool, at now: UInt64) -> Bool? {
        notices.set(isTyping, of: ada, in: here, to: [ben], now: now)?.isTyping
    }

    private mutating func due(_ now: UInt64) -> [Bool] { notices.due(now: now).map(\.isTyping) }

    // acceptance: D-062
    @Test mutating func `one notice goes out in a second, the others are dropped`() {
        let told = (0..<30).map { says(true, at: $0 * 100) }
        #expect(told.compactMap(\.self).count == 3)
        #expect([told[0], told[10], told[20]] == [true, true, true])
    }

    @Test mutating func `who says nothing more has stopped after six seconds`() {
        #expect(says(true, at: 0) == true)
        #expect(says(true, at: 500) == nil)
        #expect(due(6_499).isEmpty, "what was dropped counts")
        #expect(due(6_500) == [false])
        #expect(due(7_600).isEmpty)
        #expect(says(true, at: 7_700) == true)
    }

    @Test mutating func `a stop that comes too soon goes out when the second is over`() {
        #expect(says(true, at: 0) == true)
        #expect(says(false, at: 300) == nil)
        #expect(due(999).isEmpty)
        #expect(due(1_000) == [false])
        #expect(due(1_100).isEmpty)
    }

    @Test mutating func `who stops and goes on within the second never stopped`() {
        #expect(says(true, at: 0) == true)
        #expect(says(false, at: 300) == nil)
        #expect(says(true, at: 600) == nil)
        #expect(due(1_000).isEmpty)
        #expect(due(6_600) == [false])
    }

    @Test mutating func `who begins again too soon is told of when the second is over`() {
        #expect(says(true, at: 0) == true)
        #expect(says(false, at: 2_000) == false)
        #expect(says(true, at: 2_300) == nil)
        #expect(due(2_900).isEmpty)
        #expect(due(3_000) == [true])
    }

    @Test mutating func `who never typed cannot stop`() {
        #expect(says(false, at: 0) == nil)
        #expect(says(true, at: 100) == true)
        #expect(says(false, at: 1_200) == false)
        #expect(says(false, at: 2_400) == nil)
    }

    @Test mutating func `conversations and members are told apart`() {
        #expect(says(true, at: 0) == true)
        #expect(notices.set(true, of: ada, in: there, to: [eve], now: 10)?.hearers == [eve])
        #expect(notices.set(true, of: ben, in: here, to: [ada], now: 20)?.member == ben)
    }

    @Test mutating func `who goes types nowhere any more`() {
        _ = says(true, at: 0)
        _ = notices.set(true, of: ada, in: there, to: [eve], now: 0)
        _ = notices.set(true, of: ben, in: here, to: [ada], now: 0)
        let ended = notices.end(of: ada)
        #expect(Set(ended.map(\.conversation)) == [here, there] && ended.allSatisfy { !$0.isTyping })
        #expect(notices.end(of: ada).isEmpty)
        #expect(due(6_000) == [false], "the other's")
    }

    @Test mutating func `everybody who heard of a beginning hears of its end`() {
        _ = notices.set(true, of: ben, in: here, to: [ada, eve], now: 0)
        #expect(notices.set(true, of: ben, in: here, to: [eve], now: 1_000)?.hearers == [eve])
        #expect(notices.due(now: 7_000).map { Set($0.hearers) } == [[ada, eve]])
    }
}

/// Who may hear whom type.
@Suite struct TypingAudiencesTests {
    private var audiences = TypingAudiences(limit: 2)
    private var changes = AccountChanges(memory: 30_000)

    private func audience(_ shows: [Member.ID: Bool]) -> TypingAudiences.Audience { shows.mapValues { .init(shows: $0) } }

    private func hearers(of member: Member.ID, at now: UInt64 = 0) -> TypingAudiences.Answer {
        audiences.answer(for: member, in: here, now: now, changes: changes)
    }

    @Test mutating func `who does not show it is not told either`() {
        audiences.set(audience([ada: true, ben: true, eve: false]), of: here, readAt: 0)
        #expect(hearers(of: ada) == .hearers([ben]))
        #expect(hearers(of: eve) == .hearers([]))
    }

    @Test mutating func `a stranger is no participant, of a conversation that is not there as of one that is`() {
        audiences.set(audience([ada: true, ben: true]), of: here, readAt: 0)
        audiences.set([:], of: there, readAt: 0)
        #expect(hearers(of: eve) == .notAParticipant)
        #expect(audiences.answer(for: eve, in: there, now: 0, changes: changes) == .notAParticipant)
    }

    @Test mutating func `across a block nobody is told anything, and each hears why as a send would say it`() {
        audiences.set([ada: .init(shows: true, bars: .blockedByOther), ben: .init(shows: true, bars: .ownBlock)], of: here, readAt: 0)
        #expect(hearers(of: ada) == .barred(.notAllowed))
        #expect(hearers(of: ben) == .barred(.ownBlock))
        #expect(hearers(of: eve) == .notAParticipant)
    }

    @Test mutating func `it is asked again after a while, and when an account changed since`() {
        #expect(hearers(of: ada) == .unknown)
        audiences.set(audience([ada: true, ben: true]), of: here, readAt: 100)
        #expect(hearers(of: ada, at: 30_099) == .hearers([ben]))
        #expect(hearers(of: ada, at: 30_100) == .unknown)
        changes.note(eve, now: 200)
        #expect(hearers(of: ada, at: 300) == .hearers([ben]))
        changes.note(ben, now: 200)
        #expect(hearers(of: ada, at: 300) == .unknown)
        audiences.set(audience([ada: true, ben: false]), of: here, readAt: 201)
        #expect(hearers(of: ada, at: 300) == .hearers([]))
    }

    @Test mutating func `many conversations are forgotten, not kept`() {
        audiences.set(audience([ada: true]), of: here, readAt: 0)
        for number in 10..<14 as Range<UInt64> {
            audiences.set([:], of: Conversation.ID(UniqueID(high: 3, low: number)), readAt: 0)
        }
        #expect(hearers(of: ada) == .unknown)
    }

    @Test mutating func `changes are forgotten once nothing is older`() {
        changes.note(ada, now: 0)
        changes.forgetOld(now: 30_001)
        #expect(!changes.contains(ada, since: 0))
    }
}
