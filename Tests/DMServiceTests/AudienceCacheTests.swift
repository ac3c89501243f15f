import Crypto
import Testing

@testable import DMService

@Suite struct AudienceCacheTests {
    private let conversation = Conversation.ID(UUIDv7Generator().next())
    private let ada = Member.ID(UUIDv7Generator().next())
    private let ben = Member.ID(UUIDv7Generator().next())

    @Test func `members are told only under the revision that they were read under`() {
        var cache = AudienceCache()
        let unknown = cache.tell(1, of: conversation, at: 0)
        cache.set([ada, ben], of: conversation, at: 0)
        let both = cache.tell(1, of: conversation, at: 0)
        let outdated = cache.tell(2, of: conversation, at: 1)
        #expect(unknown == nil && both == [ada, ben])
        #expect(outdated == nil, "somebody left")
        cache.set([ada], of: conversation, at: 1)
        let rest = cache.tell(2, of: conversation, at: 1)
        let earlier = cache.tell(2, of: conversation, at: 0)
        #expect(rest == [ada] && earlier == [ada], "whoever has left since hears nothing of what came before either")
    }

    @Test func `what is written to often stays, memory stays bounded`() {
        var cache = AudienceCache(limit: 10)
        let others = (0..<500).map { _ in Conversation.ID(UUIDv7Generator().next()) }
        cache.set([ada], of: conversation, at: 1)
        for other in others {
            cache.set([], of: other, at: 1)
            let members = cache.tell(1, of: conversation, at: 1)
            #expect(members == [ada])
        }
        let remembered = others.count { cache.tell(1, of: $0, at: 1) != nil }
        #expect(remembered < 20)
    }

    @Test func `a retry is news when its first answer was lost, once, in whatever order the lost ones come back`() {
        var cache = AudienceCache()
        cache.set([ada], of: conversation, at: 0)
        _ = cache.tell(1, of: conversation, at: 0)
        #expect(!cache.isUntold(1, of: conversation))
        #expect(!cache.isUntold(2, of: conversation), "nothing was lost")
        cache.doubt([conversation])
        #expect(!cache.isUntold(1, of: conversation))
        for rev: Int64 in [4, 2, 3] {
            #expect(cache.isUntold(rev, of: conversation))
            _ = cache.tell(rev, of: conversation, at: 0)
            #expect(!cache.isUntold(rev, of: conversation))
        }
        cache.doubt([conversation])
        #expect(!cache.isUntold(3, of: conversation), "told since the first doubt")
        for rev: Int64 in 5..<300 { _ = cache.tell(rev, of: conversation, at: 0) }
        #expect(!cache.isUntold(300, of: conversation), "the doubt is over")
    }
}
