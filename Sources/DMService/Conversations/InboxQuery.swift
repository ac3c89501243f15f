internal import HTTPServer
internal import JSON

/// Which of one's conversations are asked for: `filter`, `q`, `limit`, `cursor`.
struct InboxQuery: Sendable {
    fileprivate enum Filter: String {
        case all, unread
    }

    let paging: Paging<ConversationsOf.Position>
    let isUnreadOnly: Bool
    /// What the other one's username, or a word of their display name, begins with; `nil` for everybody.
    let name: String?

    /// All of them: which is asked most often, by a statement of its own.
    var isPlain: Bool { !isUnreadOnly && name == nil }

    /// Bytes of a name that is searched for.
    fileprivate static let longestName = 256

    /// - Throws: 400 `validation_error`.
    init(_ request: Request) throws(HTTPError) {
        paging = try Paging(request, cursor: ConversationsOf.Position.init(_:))
        isUnreadOnly = try request.query(.filter) == .unread
        name = try request.query(.name).flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension InboxQuery {
    static var parameters: [ParameterDescription] { [QueryParameter.filter.description, QueryParameter.name.description] + .paging }
}

extension QueryParameter<InboxQuery.Filter> {
    fileprivate static var filter: Self {
        Self("filter", "Those with something unread alone.", .word("all", "unread")) { InboxQuery.Filter(rawValue: $0) }
    }
}

extension QueryParameter<String> {
    fileprivate static var name: Self {
        Self("q", "How the other one's username, or a word of their display name, begins.", .string(example: "ada")) {
            $0.utf8.count <= InboxQuery.longestName ? $0 : nil
        }
    }
}
