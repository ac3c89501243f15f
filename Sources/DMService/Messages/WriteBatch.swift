internal import Crypto

/// Messages that are written in one transaction, arranged as the statement wants them.
///
/// Entries stand grouped by conversation, conversations ascending by id, so that every batch of every node locks in the
/// same order; within a conversation they keep the order in which they arrived.
struct WriteBatch: Sendable {
    let entries: [PendingMessage]
    /// Each conversation once, ascending.
    private(set) var conversations: [Conversation.ID] = []
    /// How many entries each conversation has.
    private(set) var counts: [Int32] = []
    /// For each entry: which of the conversations, from 1.
    private(set) var slots: [Int32] = []
    /// For each entry: which of its conversation's entries, from 1.
    private(set) var places: [Int32] = []

    init(_ arrived: [PendingMessage]) {
        // Swift's sort is stable, which the standard library promises in practice and not in words: the position decides ties.
        entries = arrived.enumerated()
            .sorted { ($0.element.conversation, $0.offset) < ($1.element.conversation, $1.offset) }
            .map(\.element)
        slots.reserveCapacity(entries.count)
        places.reserveCapacity(entries.count)
        for entry in entries {
            if conversations.last == entry.conversation {
                counts[counts.count - 1] += 1
            } else {
                conversations.append(entry.conversation)
                counts.append(1)
            }
            slots.append(Int32(conversations.count))
            places.append(counts[counts.count - 1])
        }
    }
}
