internal import HTTPServer

/// Which of one's conversations are asked for: `filter`, `q`, `limit`, `cursor`.
struct InboxQuery: Sendable {
    private enum Filter: String {
        case all, unread
    }

    let paging: Paging<ConversationsOf.Position>
    let isUnreadOnly: Bool
    /// What the other one's username, or a word of their display name, begins with; `nil` for everybody.
    let name: String?

    /// All of them: which is asked most often, by a statement of its own.
    var isPlain: Bool { !isUnreadOnly && name == nil }

    /// Bytes of a name that is searched for.
    private static let longestName = 256

    /// - Throws: 400 `validation_error`.
    init(_ request: Request) throws(HTTPError) {
        paging = try Paging(request, cursor: ConversationsOf.Position.init(_:))
        isUnreadOnly = try request.query("filter") { Filter(rawValue: $0) } == .unread
        name = try request.query("q") { $0.utf8.count <= Self.longestName ? $0 : nil }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
