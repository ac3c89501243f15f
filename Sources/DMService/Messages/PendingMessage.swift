internal import Crypto
internal import JSON

/// A message that waits to be written, and who waits for the answer. An object: it passes through many arrays on its way.
final class PendingMessage: Sendable {
    let conversation: Conversation.ID
    let sender: Profile
    let draft: Message.Draft
    let waiter: Waiter

    /// Who is told what became of it.
    enum Waiter: Sendable {
        /// A socket's command: it is sent an acknowledgement or an error, which repeats the command's id.
        case socket(SocketSession, command: JSONFragment?)
        /// A request that holds its answer back.
        case task(CheckedContinuation<SendOutcome, Never>)
    }

    /// What the database knows a retry of it by: the client's, or our own if the client gave it no id.
    let dedupeKey: UniqueID
    let requestHash: Int64

    private static let ownKeys = UUIDv7Generator()

    init(_ draft: Message.Draft, to conversation: Conversation.ID, from sender: Profile, waiter: Waiter) {
        self.conversation = conversation
        self.sender = sender
        self.draft = draft
        self.waiter = waiter
        dedupeKey = draft.clientID?.dedupeKey(of: sender.id) ?? Self.ownKeys.next()
        requestHash = draft.clientID == nil ? 0 : draft.requestHash
    }

    /// How much it weighs in a queue.
    var byteCount: Int { draft.content.utf8.count }

    /// The message that it became.
    func stored(seq: Int64, rev: Int64, sentAt: Timestamp) -> Message {
        Message(
            conversation: conversation, seq: seq, rev: rev, sender: sender, kind: draft.kind, content: draft.content,
            clientID: draft.clientID, sentAt: sentAt)
    }
}

/// What became of a message.
enum SendOutcome: Sendable {
    case stored(Message)
    /// It had been stored before under the same client id: this is the original.
    case replayed(Message)
    case refused(SendRefusal)
}
