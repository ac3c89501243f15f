import Crypto
import DMService

/// What a device sends back to catch up: the content, which is encoded as base64url around it.
struct SyncTokenTarget: TextFuzzTarget {
    let vocabulary = ["|", ":", ",", "1|", "0", "-1", "18446744073709551615", "18446744073709551616", "+1"]

    func makeText(_ random: inout RandomSource) -> String {
        func snapshot() -> String {
            let first = random.next() >> UInt64(random.below(64))
            let end = first &+ UInt64(random.below(20))
            let running = (first..<max(first, end)).filter { _ in random.oneIn(3) }.map { "\($0)" }.joined(separator: ",")
            return "\(first):\(end):\(running)"
        }
        func id() -> UniqueID { UniqueID(high: random.next(), low: random.next()) }
        var parts = [random.oneIn(16) ? "2" : "1", "\(id())", "\(random.within(0...4_000_000_000_000))", snapshot()]
        if random.oneIn(2) { parts += ["\(random.within(0...4_000_000_000_000))", snapshot(), "\(id())"] }
        return parts.joined(separator: "|")
    }

    func check(_ text: String) throws -> Verdict {
        guard let token = SyncToken(Base64.url.encode(Array(text.utf8))) else { return .rejected() }
        try require(SyncToken(token.text) == token, "written and read it is another token")
        return .accepted()
    }
}
