internal import Postgres

/// Which conversations of a shard somebody else kept locked for too long when they were last tried, so that they hold up no others: what is
/// for them is left out until they are free. Belongs to the shard's loop; its queues share it.
final class ConversationLocks {
    /// Conversations that are remembered.
    private static let limit = 1_000

    private let database: Database
    private var locked: Set<Conversation.ID> = []

    init(database: Database) { self.database = database }

    /// Which of these were found locked before, and still are. Asking does not wait.
    func stillLocked(among conversations: [Conversation.ID]) async throws(PostgresError) -> Set<Conversation.ID> {
        let suspects = locked.isEmpty ? [] : conversations.filter(locked.contains)
        guard !suspects.isEmpty else { return [] }
        let still = Set(try await database.query(LockedConversations(among: suspects)))
        locked.subtract(suspects)
        locked.formUnion(still)
        return still
    }

    /// Finds out whose lock made a statement wait in vain.
    func note(among conversations: [Conversation.ID]) async {
        guard let found = try? await database.query(LockedConversations(among: conversations)) else { return }
        if locked.count > Self.limit { locked = [] }
        locked.formUnion(found)
    }
}
