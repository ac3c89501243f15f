import Crypto
import JSON
import Testing

@testable import DMService

@Suite struct AudiencesTests {
    private let conversation = Conversation.ID(UUIDv7Generator().next())
    private let ada = Member.ID(UUIDv7Generator().next())
    private let ben = Member.ID(UUIDv7Generator().next())
    private let horizon = Timestamp(milliseconds: 1_700_000_000_000)
    private let later = Timestamp(milliseconds: 1_700_000_005_000)

    private func audiences(limit: Int = 50_000) -> Audiences { Audiences(horizon: horizon, limit: limit) }

    private func change(_ revs: ClosedRange<Int64>, at membersRev: Int64 = 0) -> ConversationChange {
        ConversationChange(conversation: conversation, first: revs.lowerBound, last: revs.upperBound, membersRev: membersRev)
    }

    @Test func `members are told only under the revision that they were read under`() {
        var audiences = audiences()
        let unknown = audiences.step(1, of: conversation, at: 0, writtenAt: later)
        audiences.set([ada, ben], of: conversation, at: 0)
        let both = audiences.step(1, of: conversation, at: 0, writtenAt: later)
        let outdated = audiences.step(2, of: conversation, at: 1, writtenAt: later)
        #expect(unknown == .ask(after: nil) && both == .tell([ada, ben], after: nil))
        #expect(outdated == .ask(after: nil), "somebody left")
        audiences.set([ada], of: conversation, at: 1)
        let earlier = audiences.step(2, of: conversation, at: 0, writtenAt: later)
        let rest = audiences.step(3, of: conversation, at: 1, writtenAt: later)
        #expect(earlier == .tell([ada], after: 1), "whoever has left since hears nothing of what came before either")
        #expect(rest == .tell([ada], after: 2))
    }

    @Test func `what is written to often stays, memory stays bounded`() {
        var audiences = audiences(limit: 10)
        let others = (0..<500).map { _ in Conversation.ID(UUIDv7Generator().next()) }
        audiences.set([ada], of: conversation, at: 1)
        for (index, other) in others.enumerated() {
            audiences.set([], of: other, at: 1)
            let step = audiences.step(Int64(index + 1), of: conversation, at: 1, writtenAt: later)
            #expect(step == .tell([ada], after: index == 0 ? nil : Int64(index)))
        }
        let remembered = others.count { audiences.step(1, of: $0, at: 1, writtenAt: later) == .tell([], after: nil) }
        #expect(remembered < 20)
    }

    @Test func `what was told is not told again, and a gap is filled first`() {
        var audiences = audiences()
        audiences.set([ada], of: conversation, at: 0)
        let first = audiences.step(7, of: conversation, at: 0, writtenAt: later, isComplete: true)
        let again = [7, 3].map { audiences.step($0, of: conversation, at: 0, writtenAt: later, isReplay: true) }
        #expect(first == .tell([ada], after: nil) && again == [.known, .known])
        let ahead = audiences.step(10, of: conversation, at: 0, writtenAt: later)
        #expect(ahead == .ask(after: 7))
        let filled = [8, 9, 10].map { audiences.step($0, of: conversation, at: 0, writtenAt: later, isComplete: true) }
        #expect(filled == [.tell([ada], after: 7), .tell([ada], after: 8), .tell([ada], after: 9)])
        let late = audiences.step(9, of: conversation, at: 0, writtenAt: later, isReplay: true)
        let far = audiences.step(10_000, of: conversation, at: 0, writtenAt: later)
        #expect(late == .known && far == .ask(after: 9999 - Audiences.longestGap))
        let shown = audiences.step(9_900, of: conversation, at: 0, writtenAt: later, isComplete: true)
        #expect(shown == .tell([ada], after: 9999 - Audiences.longestGap), "what nobody is told of shows")
    }

    @Test func `of a conversation of which nothing was told yet, what is newer than the horizon is looked for`() {
        var audiences = audiences()
        audiences.set([ada], of: conversation, at: 0)
        let next = audiences.step(5, of: conversation, at: 0, writtenAt: later)
        #expect(next == .ask(after: 0, since: horizon))
        let told = audiences.step(5, of: conversation, at: 0, writtenAt: later, isComplete: true)
        let following = audiences.step(6, of: conversation, at: 0, writtenAt: later)
        #expect(told == .tell([ada], after: nil) && following == .tell([ada], after: 5))
    }

    @Test func `a message that is sent again is news only if its first answer may have been lost`() {
        var audiences = audiences()
        audiences.set([ada], of: conversation, at: 0)
        let old = Timestamp(milliseconds: horizon.milliseconds - 1)
        let history = audiences.step(4, of: conversation, at: 0, writtenAt: old, isReplay: true)
        let first = audiences.step(1, of: conversation, at: 0, writtenAt: later, isReplay: true)
        let again = audiences.step(1, of: conversation, at: 0, writtenAt: later, isReplay: true)
        #expect([history, first, again] == [.known, .tell([ada], after: nil), .known])
    }

    @Test func `changes of others are read where somebody hears of them, from the first that was not told`() {
        var audiences = audiences()
        let unknown = audiences.catchUp(change(4...6)) { _ in true }
        audiences.set([ada, ben], of: conversation, at: 0)
        let here = audiences.catchUp(change(4...6)) { [ben] in $0 == ben }
        let nowhere = audiences.catchUp(change(4...6)) { _ in false }
        #expect(unknown == .ask(after: nil) && here == .ask(after: 0, since: horizon) && nowhere == .known)
        audiences.skip(to: 6, of: conversation)
        let known = audiences.catchUp(change(4...6)) { _ in true }
        let partly = audiences.catchUp(change(5...9)) { _ in true }
        let elsewhere = audiences.catchUp(change(7...9, at: 1)) { _ in true }
        #expect(known == .known && partly == .ask(after: 6) && elsewhere == .ask(after: nil))
        let far = audiences.catchUp(change(7...5000)) { _ in true }
        #expect(far == .ask(after: 5000 - Audiences.longestGap))
    }

    @Test func `what was overtaken is no gap, what could not be read is one`() {
        var audiences = audiences()
        audiences.set([ada], of: conversation, at: 0)
        func tell(_ rev: Int64) -> Audiences.Step { audiences.step(rev, of: conversation, at: 0, writtenAt: later, isComplete: true) }
        let first = tell(8)
        audiences.skip(to: 9, of: conversation)
        let overtaken = tell(10)
        audiences.skip(to: 12, of: conversation, isGap: true)
        let unread = tell(13)
        #expect([first, overtaken, unread] == [.tell([ada], after: nil), .tell([ada], after: 8), .tell([ada], after: 12)])
    }
}
