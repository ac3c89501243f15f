internal import Postgres

/// The revs of a conversation between two that are known, without these.
struct RevGap: Sendable {
    let conversation: Conversation.ID
    let after: Int64
    let before: Int64

    /// As the first three parameters.
    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversation)
        parameters.append(after)
        parameters.append(before)
    }
}
