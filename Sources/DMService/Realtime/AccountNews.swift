internal import JSON
internal import Postgres

/// Tells members here what only they see: of their account, of their own side of a conversation, and of a new one.
///
/// An event says how it stands, not what happened, so it does not matter that it may be told twice.
struct AccountNews: Sendable {
    let database: Database
    let accounts: AccountActions
    let conversations: ConversationActions
    let profiles: ProfileDirectory
    let delivery: Delivery
    let presence: PresenceActions

    /// Something that changed for one member: in a conversation, or of their account.
    struct Change: Hashable, Sendable {
        let member: Member.ID
        let conversation: Conversation.ID?
    }

    /// - Parameter created: conversations that are new to all who are in them.
    func tell(_ changes: [Change], created: [Conversation.ID]) async throws {
        for change in changes {
            if let conversation = change.conversation {
                try await tell(of: conversation, to: change.member)
            } else {
                try await tellOfAccount(change.member)
            }
        }
        guard !created.isEmpty else { return }
        for audience in try await database.query(ActiveParticipants(conversations: created)) {
            for member in audience.members {
                presence.accountChanged(member)  // they may see each other from now on
                try await tell(of: audience.conversation, to: member)
            }
        }
    }

    private func tellOfAccount(_ member: Member.ID) async throws {
        profiles.forget(member)
        presence.accountChanged(member)
        guard delivery.reaches(member), let account = try await accounts.ownAccount(of: member) else { return }
        delivery.update(account)
    }

    /// `conversation_updated`: the conversation as its member would read it now.
    private func tell(of id: Conversation.ID, to member: Member.ID) async throws {
        guard delivery.reaches(member), let conversation = try await conversations.conversations([id], for: member)[id] else { return }
        delivery.tell(member, SocketFrame.event(.conversationUpdated) { conversation.encode(into: &$0) })
    }
}
