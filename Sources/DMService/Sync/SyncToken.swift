internal import Crypto
package import JSON

/// Up to where a device knows everything, as text that it keeps and does not read.
///
/// It holds what the database saw then, so that what changed since can be told exactly: nothing is missed that committed late,
/// nothing is told twice. It holds no secret: what it gives access to is what its bearer may see anyway.
package struct SyncToken: Equatable, Sendable {
    /// A moment of the database.
    struct Point: Equatable, Sendable {
        /// Which life of the database it is of.
        let generation: UniqueID
        /// By the database's clock.
        let at: Timestamp
        let snapshot: DatabaseSnapshot
    }

    /// What is left of an answer that had to be cut.
    struct Rest: Equatable, Sendable {
        /// What is known once the rest has been read.
        let until: Point
        /// Conversations up to this id have been told.
        let after: Conversation.ID
    }

    let since: Point
    let rest: Rest?

    /// Bytes of a token that is read. A snapshot lists the transactions that were under way: room for some hundred.
    static let longest = 6 * 1024

    init(since: Point, rest: Rest? = nil) {
        self.since = since
        self.rest = rest
    }

    package var text: String {
        var parts = ["1", "\(since.generation)", "\(since.at.milliseconds)", since.snapshot.text]
        if let rest { parts += ["\(rest.until.at.milliseconds)", rest.until.snapshot.text, "\(rest.after)"] }
        return Base64.url.encode(Array(parts.joined(separator: "|").utf8))
    }

    /// Reads ``text``; `nil` for anything else.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest, let bytes = Base64.url.decode(text), let content = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = content.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4 || parts.count == 7, parts[0] == "1", let generation = UniqueID(parts[1]),
            let since = Point(generation, at: parts[2], parts[3])
        else { return nil }
        self.since = since
        if parts.count == 7 {
            guard let until = Point(generation, at: parts[4], parts[5]), let after = Conversation.ID(parts[6]) else { return nil }
            rest = Rest(until: until, after: after)
        } else {
            rest = nil
        }
    }
}

extension SyncToken.Point {
    fileprivate init?(_ generation: UniqueID, at milliseconds: String, _ snapshot: String) {
        guard let at = Int64(milliseconds).map(Timestamp.init(milliseconds:)), Timestamp.earliest...Timestamp.latest ~= at,
            let snapshot = DatabaseSnapshot(snapshot)
        else { return nil }
        self.init(generation: generation, at: at, snapshot: snapshot)
    }
}

extension SyncToken: JSONDescribed {
    package static var schema: JSONSchema {
        let point = Point(
            generation: UniqueID(high: 0x019b_0f2e_7c4a_7d10, low: 0x9e6b_3f2a_5c8d_1e40), at: Timestamp(milliseconds: 1_773_480_413_589),
            snapshot: DatabaseSnapshot(trusting: "744:744:"))
        return .string(example: SyncToken(since: point).text)
    }
}
