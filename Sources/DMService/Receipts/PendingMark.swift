internal import JSON

/// A member's wish to move their marks, and who waits for the answer.
struct PendingMark: Sendable {
    let conversation: Conversation.ID
    let member: Member.ID
    let kind: Receipt.Kind
    /// The newest message that they have or have read. What lies beyond the conversation's newest counts as that.
    let seq: Int64
    let waiter: Waiter

    enum Waiter: Sendable {
        /// A socket's command: it is sent where the marks stand, or an error, with the command's id.
        case socket(SocketSession, command: JSONFragment?)
        /// A request that holds its answer back.
        case task(CheckedContinuation<MarkOutcome, Never>)
    }
}

/// Where a member's own marks stand.
struct Standing: Sendable {
    /// Which mark was asked to move.
    let kind: Receipt.Kind
    let receipt: Receipt
    /// Counts what only this member sees of the conversation.
    let ownRev: Int64
}

/// What became of a mark.
enum MarkOutcome: Sendable {
    /// The marks stand so now, whether this moved them or they stood there before.
    case standing(Standing)
    case refused(MarkRefusal)
}
