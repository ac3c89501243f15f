/// Who types where, and who was told so.
///
/// Of one member in one conversation a notice goes out once in an interval at most. What comes sooner is dropped, but for how it ends: a
/// stop that came too soon goes out when the interval is over. Times are milliseconds of a monotonic clock, which the owner brings.
struct TypingNotices {
    /// What is to be told, and to whom.
    struct News: Equatable, Sendable {
        let conversation: Conversation.ID
        let member: Member.ID
        let isTyping: Bool
        let hearers: [Member.ID]
    }

    private struct Notice {
        var isTyping: Bool
        var isTold: Bool
        var toldAt: UInt64
        /// When it ends unless they say again that they type.
        var until: UInt64
        /// Who hears that they type, and who heard it so far: those hear that they stopped.
        var hearers: [Member.ID]
        var heard: [Member.ID]
    }

    private let interval: UInt64
    private let lifetime: UInt64
    private var notices: [Member.ID: [Conversation.ID: Notice]] = [:]

    init(interval: UInt64, lifetime: UInt64) {
        self.interval = interval
        self.lifetime = lifetime
    }

    /// A member says that they type, or stopped.
    ///
    /// - Returns: what is to be told now; `nil` for nothing.
    mutating func set(
        _ isTyping: Bool, of member: Member.ID, in conversation: Conversation.ID, to hearers: [Member.ID], now: UInt64
    ) -> News? {
        guard var notice = notices[member]?[conversation] else {
            guard isTyping else { return nil }
            let notice = Notice(isTyping: true, isTold: true, toldAt: now, until: now + lifetime, hearers: hearers, heard: hearers)
            notices[member, default: [:]][conversation] = notice
            return News(conversation: conversation, member: member, isTyping: true, hearers: hearers)
        }
        notice.isTyping = isTyping
        if isTyping {
            notice.until = now + lifetime
            notice.hearers = hearers
        }
        let news = tell(&notice, of: member, in: conversation, now: now)
        notices[member]?[conversation] = notice
        return news
    }

    /// What time brings: notices that end, and ends that came too soon.
    mutating func due(now: UInt64) -> [News] {
        var news: [News] = []
        for (member, conversations) in notices {
            for (conversation, var notice) in conversations {
                notice.isTyping = notice.isTyping && now < notice.until
                if notice.isTyping != notice.isTold {
                    guard let told = tell(&notice, of: member, in: conversation, now: now) else { continue }
                    news.append(told)
                    notices[member]?[conversation] = notice
                } else if !notice.isTyping, now >= notice.toldAt + interval {
                    remove(member, conversation)
                }
            }
        }
        return news
    }

    /// A member has gone: they type nowhere any more.
    mutating func end(of member: Member.ID) -> [News] {
        guard let conversations = notices.removeValue(forKey: member) else { return [] }
        return conversations.filter(\.value.isTold).map { conversation, notice in
            News(conversation: conversation, member: member, isTyping: false, hearers: notice.heard)
        }
    }

    private func tell(_ notice: inout Notice, of member: Member.ID, in conversation: Conversation.ID, now: UInt64) -> News? {
        guard notice.isTyping || notice.isTold, now >= notice.toldAt + interval else { return nil }
        let hearers = notice.isTyping ? notice.hearers : notice.heard
        notice.heard = notice.isTyping ? notice.heard + notice.hearers.filter { !notice.heard.contains($0) } : []
        notice.isTold = notice.isTyping
        notice.toldAt = now
        return News(conversation: conversation, member: member, isTyping: notice.isTyping, hearers: hearers)
    }

    private mutating func remove(_ member: Member.ID, _ conversation: Conversation.ID) {
        notices[member]?[conversation] = nil
        if notices[member]?.isEmpty == true { notices[member] = nil }
    }
}
