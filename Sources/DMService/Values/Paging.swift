internal import Crypto
internal import HTTPServer
internal import JSON

/// Items of a page: how many one may ask for, and how many come unasked.
private let pageLimits = 1...100
private let usualPageLimit = 50

extension QueryParameter<Int> {
    static var limit: Self {
        Self(
            "limit", "Items of a page; 50 if it is not said.",
            .integer(from: Int64(pageLimits.lowerBound), to: Int64(pageLimits.upperBound), example: Int64(usualPageLimit))
        ) { text in Int(text).flatMap { pageLimits.contains($0) ? $0 : nil } }
    }
}

extension QueryParameter<String> {
    /// Opaque to the client: what it holds is the list's business.
    static var cursor: Self {
        Self("cursor", "Where the page begins: `next_cursor` of the page before.", .string(example: "YjQy")) { text in
            Base64.url.decode(text).flatMap { String(validating: $0, as: UTF8.self) }
        }
    }
}

extension [ParameterDescription] {
    /// Of every route that answers in pages.
    static var paging: Self { [QueryParameter.limit.description, QueryParameter.cursor.description] }
}

/// `?limit&cursor` of a list.
struct Paging<Cursor: Sendable>: Sendable {
    /// Items of a page.
    let limit: Int
    /// Where the page begins, if it is not the first.
    let cursor: Cursor?

    /// - Parameter cursor: reads what a page's `next_cursor` was made of.
    /// - Throws: 400 `validation_error` for a limit that cannot be, or a cursor that no page gave.
    init(_ request: Request, cursor read: (String) -> Cursor?) throws(HTTPError) {
        limit = try request.query(.limit) ?? usualPageLimit
        cursor = try request.query(.cursor, as: read)
    }

    /// A page of the items that were found when one more than ``limit`` was asked for.
    func page<Item: JSONEncodable & JSONDescribed & Sendable>(_ found: [Item], cursor: (Item) -> String) -> Page<Item> {
        guard found.count > limit else { return Page(items: found, nextCursor: nil) }
        let items = Array(found.prefix(limit))
        return Page(items: items, nextCursor: items.last.map { Self.encode(cursor($0)) })
    }

    /// The text of a cursor: opaque, so that nobody builds on what it holds.
    static func encode(_ text: String) -> String { Base64.url.encode(Array(text.utf8)) }
}
