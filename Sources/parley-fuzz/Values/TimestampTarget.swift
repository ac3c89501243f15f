import Glibc
import JSON

/// Times of RFC 3339.
struct TimestampTarget: TextFuzzTarget {
    let vocabulary = [
        "T", "Z", "t", "z", "-", "+", ":", ".", "+00:00", "-23:59", "+24:00", "0000", "9999", "02-29", "13", "60", "24", ".000", "\u{0}",
        "é", " ",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        let span = Timestamp.latest.milliseconds - Timestamp.earliest.milliseconds
        let moment = Timestamp(milliseconds: Timestamp.earliest.milliseconds + Int64(random.next() % UInt64(span)))
        var text =
            random.oneIn(8)
            ? random.pick(["2024-02-29T23:59:59Z", "1900-02-29T00:00:00Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59.999999999Z"])
            : moment.description
        if random.oneIn(3) { text = text.replacing(".", with: random.pick([".1", ".", ".99999999", ".0000000000"])) }
        if random.oneIn(3) {
            text = text.replacing("Z", with: random.pick(["+00:00", "-00:00", "+14:00", "-23:59", "+24:00", "+0100", "+01", ""]))
        }
        return text
    }

    func check(_ text: String) throws -> Verdict {
        let read = try? JSON.decode(Timestamp.self, from: JSON.encode(text))
        guard let time = Timestamp(text) else {
            try require(read == nil, "JSON reads what a text does not")
            return .rejected()
        }
        try require(read == time, "JSON reads another time")
        try require(Timestamp.earliest...Timestamp.latest ~= time, "a year beyond four digits")
        try require(Timestamp(time.description) == time, "written and read it is another time: \(time)")
        try require(Self.seconds(in: text) == (time.milliseconds - Self.remainder(time)) / 1000, "the C library reads another time")
        return .accepted(text.hasSuffix("Z") ? "Z" : "offset")
    }

    private static func remainder(_ time: Timestamp) -> Int64 { (time.milliseconds % 1000 + 1000) % 1000 }

    /// The same moment by the C library's calendar, in seconds.
    private static func seconds(in text: String) -> Int64 {
        let digits = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int32 { Int32(String(decoding: digits[range], as: UTF8.self)) ?? -1 }
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (number(0..<4) - 1900, number(5..<7) - 1, number(8..<10))
        (time.tm_hour, time.tm_min, time.tm_sec) = (number(11..<13), number(14..<16), number(17..<19))
        var offset: Int32 = 0
        if digits.last != UInt8(ascii: "Z") {
            offset = number(digits.count - 5..<digits.count - 3) * 60 + number(digits.count - 2..<digits.count)
            if digits[digits.count - 6] == UInt8(ascii: "-") { offset = -offset }
        }
        return Int64(timegm(&time)) - Int64(offset) * 60
    }
}
