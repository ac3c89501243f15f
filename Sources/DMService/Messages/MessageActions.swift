internal import Postgres

/// What may be said. Sends go through ``ConversationWriter``; what is checked before stands here.
struct MessageActions: Sendable {
    let writer: ConversationWriter
    /// Unicode scalars that a message may have.
    let longestContent: Int

    /// Stores a message and answers when it is stored.
    ///
    /// - Throws: ``SendRefusal``.
    func send(_ draft: Message.Draft, to conversation: Conversation.ID, from sender: Profile) async throws(SendRefusal) -> (
        message: Message, isReplay: Bool
    ) {
        try check(draft)
        switch await writer.write(draft, to: conversation, from: sender) {
        case .stored(let message): return (message, false)
        case .replayed(let message): return (message, true)
        case .refused(let refusal): throw refusal
        }
    }

    /// Refuses what no database need see.
    func check(_ draft: Message.Draft) throws(SendRefusal) {
        guard !draft.content.isEmpty else { throw .empty }
        // A text of so many bytes has no more scalars than bytes: counting them is seldom needed.
        guard draft.content.utf8.count <= longestContent || draft.content.unicodeScalars.count <= longestContent else {
            throw .tooLong(limitScalars: longestContent)
        }
    }
}
