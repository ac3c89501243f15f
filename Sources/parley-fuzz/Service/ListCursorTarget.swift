import Crypto
import DMService

/// Cursors of lists that are ordered by time, and of people by name.
struct ListCursorTarget: TextFuzzTarget {
    let vocabulary = [".", "-", "+", "0", "9223372036854775807", "9223372036854775808", "é", "\u{0}", "ada lovelace"]

    func makeText(_ random: inout RandomSource) -> String {
        let id = UniqueID(high: random.next(), low: random.next()).description
        return random.oneIn(2) ? "\(random.pick(Numbers.written)).\(id)" : "\(id).\(random.text(random.size(upTo: 40)))"
    }

    func check(_ text: String) throws -> Verdict {
        var kind = ""
        if let position = TimePosition<Never>(text) {
            kind += "time"
            try require(TimePosition<Never>(position.text)?.text == position.text, "written and read it is another place")
        }
        if let position = NamePosition(text) {
            kind += "name"
            try require(NamePosition(position.text)?.text == position.text, "written and read it is another place")
        }
        return kind.isEmpty ? .rejected() : .accepted(kind)
    }
}
