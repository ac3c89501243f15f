internal import JSON

/// Where something stands in a list that is ordered by time: what a cursor of the list holds.
package struct TimePosition<Subject>: Sendable {
    let at: Timestamp
    let id: Identifier<Subject>

    package var text: String { "\(at.milliseconds).\(id)" }

    init(at: Timestamp, id: Identifier<Subject>) {
        self.at = at
        self.id = id
    }

    /// Reads ``text``; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = Identifier<Subject>(String(parts[1])) else { return nil }
        let at = Timestamp(milliseconds: milliseconds)
        guard Timestamp.earliest...Timestamp.latest ~= at else { return nil }
        self.init(at: at, id: id)
    }
}
