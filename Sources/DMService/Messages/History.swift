internal import HTTPServer
internal import JSON
internal import Postgres

/// Which part of a conversation's messages is asked for: `limit` and one of `before_seq`, `after_seq`, `around_seq`,
/// `before_id`, `after_id`, `cursor`; the newest when there is none.
package struct HistoryQuery: Sendable {
    /// Messages beside a place in the conversation. Places are `seq`, which every message keeps for ever.
    package enum Window: Hashable, Sendable {
        /// Newest first.
        case before(Int64)
        /// Oldest first.
        case after(Int64)
        /// Newest first, the message itself in the middle.
        case around(Int64)
    }

    let window: Window
    let limit: Int

    /// - Throws: 400 `validation_error`; 404 for the id of a message that cannot be in the conversation.
    init(_ request: Request, in conversation: Conversation.ID) throws(HTTPError) {
        let paging = try Paging(request, cursor: Window.init(_:))
        limit = paging.limit
        var windows: [Window] = []
        if let seq = try request.query(.beforeSeq) { windows.append(.before(seq)) }
        if let seq = try request.query(.afterSeq) { windows.append(.after(seq)) }
        if let seq = try request.query(.aroundSeq) { windows.append(.around(seq)) }
        if let id = try request.query(.beforeID) { windows.append(.before(try Self.seq(of: id, in: conversation))) }
        if let id = try request.query(.afterID) { windows.append(.after(try Self.seq(of: id, in: conversation))) }
        if let cursor = paging.cursor { windows.append(cursor) }
        guard windows.count <= 1 else {
            throw HTTPError(.validation, "Send only one of before_seq, after_seq, around_seq, before_id, after_id and cursor.")
        }
        window = windows.first ?? .before(.max)
    }

    private static func seq(of id: MessageID, in conversation: Conversation.ID) throws(HTTPError) -> Int64 {
        guard id.isPossible(in: conversation) else { throw .notFound }
        return id.seq
    }
}

extension HistoryQuery {
    static var parameters: [ParameterDescription] {
        .paging + [
            QueryParameter.beforeSeq.description, QueryParameter.afterSeq.description, QueryParameter.aroundSeq.description,
            QueryParameter.beforeID.description, QueryParameter.afterID.description,
        ]
    }
}

extension QueryParameter<Int64> {
    fileprivate static var beforeSeq: Self { seq("before_seq", "Messages before this place, newest first.") }
    fileprivate static var afterSeq: Self { seq("after_seq", "Messages after this place, oldest first.") }
    fileprivate static var aroundSeq: Self { seq("around_seq", "Messages around this place, newest first.") }

    private static func seq(_ name: StaticString, _ summary: StaticString) -> Self {
        Self(name, summary, .mark) { text in Int64(text).flatMap { $0 >= 0 ? $0 : nil } }
    }
}

extension QueryParameter<MessageID> {
    fileprivate static var beforeID: Self {
        Self("before_id", "Messages before this one, newest first.", MessageID.schema) { MessageID($0) }
    }
    fileprivate static var afterID: Self {
        Self("after_id", "Messages after this one, oldest first.", MessageID.schema) { MessageID($0) }
    }
}

extension HistoryQuery.Window {
    /// As a cursor holds it.
    package var text: String {
        switch self {
        case .before(let seq): "b\(seq)"
        case .after(let seq): "a\(seq)"
        case .around(let seq): "o\(seq)"
        }
    }

    package init?(_ text: String) {
        guard let seq = Int64(text.dropFirst()), seq >= 0 else { return nil }
        switch text.first {
        case "b": self = .before(seq)
        case "a": self = .after(seq)
        default: return nil
        }
    }
}

/// A page of history: the messages, and the conversation's newest `seq`, by which a client knows how much it lacks.
struct HistoryPage: JSONEncodable, Sendable {
    let page: Page<Message>
    let headSeq: Int64

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        page.encodeFields(into: &json)
        json.field("head_seq", headSeq)
        json.endObject()
    }
}

extension HistoryPage: JSONDescribed {
    static var schema: JSONSchema {
        .object(Page<Message>.members + [.required("head_seq", .mark, "Of the conversation's newest message.")]).named("HistoryPage")
    }
}
