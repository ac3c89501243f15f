import Crypto
import JSON
import Testing

@testable import DMService

@Suite struct AudiencesTests {
    private let conversation = Conversation.ID(UUIDv7Generator().next())
    private let ada = Member.ID(UUIDv7Generator().next())
    private let ben = Member.ID(UUIDv7Generator().next())

    @Test func `members are told only under the revision that they were read under`() {
        var audiences = Audiences()
        let unknown = audiences.step(1, of: conversation, at: 0)
        audiences.set([ada, ben], of: conversation, at: 0)
        let both = audiences.step(1, of: conversation, at: 0)
        let outdated = audiences.step(2, of: conversation, at: 1)
        #expect(unknown == .ask(after: nil) && both == .tell([ada, ben]))
        #expect(outdated == .ask(after: nil), "somebody left")
        audiences.set([ada], of: conversation, at: 1)
        let earlier = audiences.step(2, of: conversation, at: 0)
        let rest = audiences.step(3, of: conversation, at: 1)
        #expect(earlier == .tell([ada]), "whoever has left since hears nothing of what came before either")
        #expect(rest == .tell([ada]))
    }

    @Test func `what is written to often stays, memory stays bounded`() {
        var audiences = Audiences(limit: 10)
        let others = (0..<500).map { _ in Conversation.ID(UUIDv7Generator().next()) }
        audiences.set([ada], of: conversation, at: 1)
        for (index, other) in others.enumerated() {
            audiences.set([], of: other, at: 1)
            audiences.lost(UUIDv7Generator().next(), of: other)
            let step = audiences.step(Int64(index + 1), of: conversation, at: 1)
            #expect(step == .tell([ada]))
        }
        let remembered = others.count { audiences.step(1, of: $0, at: 1) == .tell([]) }
        #expect(remembered < 20)
    }

    @Test func `what was told is not told again, and a gap is filled first`() {
        var audiences = Audiences()
        audiences.set([ada], of: conversation, at: 0)
        let first = audiences.step(7, of: conversation, at: 0)
        let again = [7, 3].map { audiences.step($0, of: conversation, at: 0, isReplay: true) }
        #expect(first == .tell([ada]), "what came before this process began is history")
        #expect(again == [.known, .known])
        let ahead = audiences.step(10, of: conversation, at: 0)
        #expect(ahead == .ask(after: 7))
        let filled = [8, 9, 10].map { audiences.step($0, of: conversation, at: 0, isComplete: true) }
        #expect(filled == [.tell([ada]), .tell([ada]), .tell([ada])])
        let late = audiences.step(9, of: conversation, at: 0, isReplay: true)
        let far = audiences.step(10_000, of: conversation, at: 0)
        #expect(late == .known && far == .ask(after: 9999 - Audiences.longestGap))
    }

    @Test func `of a conversation of which nothing was told yet, what may have been stored without an answer is looked for`() {
        var audiences = Audiences()
        audiences.set([ada], of: conversation, at: 0)
        let replay = audiences.step(4, of: conversation, at: 0, isReplay: true)
        #expect(replay == .known, "nothing was lost")
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        for key: UInt64 in [1, 2, 2, 2] { audiences.lost(UniqueID(high: 0, low: key), of: conversation, now: now) }
        let next = audiences.step(5, of: conversation, at: 0)
        #expect(next == .ask(after: 2, since: now), "one that was tried three times is one")
        let told = audiences.step(5, of: conversation, at: 0, isComplete: true)
        let following = audiences.step(6, of: conversation, at: 0)
        #expect(told == .tell([ada]) && following == .tell([ada]))
    }

    @Test func `the first message of all, whose answer was lost, is news when it is sent again`() {
        var audiences = Audiences()
        audiences.lost(UniqueID(high: 0, low: 1), of: conversation)
        let unknown = audiences.step(1, of: conversation, at: 0, isReplay: true)
        audiences.set([ada], of: conversation, at: 0)
        let told = audiences.step(1, of: conversation, at: 0, isReplay: true)
        let again = audiences.step(1, of: conversation, at: 0, isReplay: true)
        #expect([unknown, told, again] == [.ask(after: nil), .tell([ada]), .known])
    }
}
