internal import Crypto
internal import HTTPServer
internal import JSON

/// `?limit&cursor` of a list.
struct Paging<Cursor: Sendable>: Sendable {
    static var limits: ClosedRange<Int> { 1...100 }
    static var usualLimit: Int { 50 }

    /// Items of a page.
    let limit: Int
    /// Where the page begins, if it is not the first.
    let cursor: Cursor?

    /// - Parameter cursor: reads what a page's `next_cursor` was made of.
    /// - Throws: 400 `validation_error` for a limit outside of ``limits``, or a cursor that no page gave.
    init(_ request: Request, cursor read: (String) -> Cursor?) throws(HTTPError) {
        limit = try request.query("limit") { Int($0).flatMap { Self.limits.contains($0) ? $0 : nil } } ?? Self.usualLimit
        cursor = try request.query("cursor") { text in
            Base64.url.decode(text).flatMap { String(validating: $0, as: UTF8.self) }.flatMap(read)
        }
    }

    /// A page of the items that were found when one more than ``limit`` was asked for.
    func page<Item: JSONEncodable & Sendable>(_ found: [Item], cursor: (Item) -> String) -> Page<Item> {
        guard found.count > limit else { return Page(items: found, nextCursor: nil) }
        let items = Array(found.prefix(limit))
        return Page(items: items, nextCursor: items.last.map { Self.encode(cursor($0)) })
    }

    /// The text of a cursor: opaque, so that nobody builds on what it holds.
    static func encode(_ text: String) -> String { Base64.url.encode(Array(text.utf8)) }
}
