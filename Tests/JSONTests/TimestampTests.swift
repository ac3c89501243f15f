import Foundation
import JSON
import Testing

struct TimestampTests {
    static let known: [(String, Int64)] = [
        ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1), ("2025-01-02T03:04:05.678Z", 1_735_787_045_678),
        ("2000-02-29T12:00:00.000Z", 951_825_600_000), ("2100-02-28T23:59:59.999Z", 4_107_542_399_999),
        ("0000-01-01T00:00:00.000Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
        ("0000-02-29T00:00:00.000Z", -62_162_121_600_000),
    ]

    @Test(arguments: known)
    func `a moment is written and read as RFC 3339`(text: String, milliseconds: Int64) throws {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(moment.description == text)
        #expect(Timestamp(text) == moment)
        #expect(JSONTests.text(JSON.encode([moment])) == "[\"\(text)\"]")
        #expect(try decode([Timestamp].self, "[\"\(text)\"]") == [moment])
    }

    @Test func `every day of four hundred years agrees with Foundation, and comes back`() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in -30_000...120_000 {
            // A Date holds quarters of a second exactly.
            let moment = Timestamp(milliseconds: Int64(day) * 86_400_000 + Int64(day & 0xFFFF) * 1_250)
            let written = moment.description
            #expect(Timestamp(written) == moment)
            if day % 97 == 0 {
                #expect(written == Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000).formatted(style))
            }
        }
    }

    @Test func `offsets and other numbers of decimals are read`() {
        let moment = Timestamp("2025-01-02T03:04:05.670Z")
        #expect(moment != nil)
        for text in [
            "2025-01-02T03:04:05.67Z", "2025-01-02T03:04:05.670999999Z", "2025-01-02T05:04:05.67+02:00", "2025-01-01T21:34:05.67-05:30",
        ] {
            #expect(Timestamp(text) == moment)
        }
        #expect(Timestamp("2025-01-02T03:04:05Z") == Timestamp("2025-01-02T03:04:05.0-00:00"))
        #expect(Timestamp("2025-01-02T03:04:05.9Z")?.milliseconds == 1_735_787_045_900)
    }

    @Test(arguments: [
        "", "2025", "2025-01-02", "2025-01-02T03:04Z", "2025-01-02T03:04:05", "2025-01-02 03:04:05Z", "2025-01-02t03:04:05Z",
        "2025-01-02T03:04:05z",
        "2025-1-02T03:04:05Z", "25-01-02T03:04:05Z", "2025-00-02T03:04:05Z", "2025-13-02T03:04:05Z", "2025-01-00T03:04:05Z",
        "2025-01-32T03:04:05Z",
        "2025-02-29T00:00:00Z", "2025-04-31T00:00:00Z", "1900-02-29T00:00:00Z", "2025-01-02T24:00:00Z", "2025-01-02T03:60:05Z",
        "2025-01-02T03:04:60Z",
        "2025-01-02T03:04:05.Z", "2025-01-02T03:04:05,5Z", "2025-01-02T03:04:05.1234567890Z", "2025-01-02T03:04:05.5",
        "2025-01-02T03:04:05ZZ",
        "2025-01-02T03:04:05Z ", " 2025-01-02T03:04:05Z", "+025-01-02T03:04:05Z", "2025-01-02T03:04:05+2:00", "2025-01-02T03:04:05+0200",
        "2025-01-02T03:04:05+24:00", "2025-01-02T03:04:05+02:60", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "10000-01-01T00:00:00Z",
        "２025-01-02T03:04:05Z",
    ])
    func `what is not a time in RFC 3339 is refused`(text: String) {
        #expect(Timestamp(text) == nil)
        #expect(error(Timestamp.self, "\"\(text)\"")?.code == .invalidValue)
    }

    @Test func `a moment beyond what RFC 3339 can say is written as the last it can`() {
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
    }

    @Test func `durations are added and taken away`() {
        let moment = Timestamp(milliseconds: 1_000)
        #expect((moment + .seconds(2)).milliseconds == 3_000)
        #expect((moment + .milliseconds(-1_500)).milliseconds == -500)
        #expect(moment + .seconds(60) - moment == .seconds(60))
        #expect(moment < moment + .milliseconds(1))
    }

    @Test func `now is now`() {
        let before = Int64(Date().timeIntervalSince1970 * 1000) - 1
        let now = Timestamp.now.milliseconds
        #expect((before...Int64(Date().timeIntervalSince1970 * 1000) + 1).contains(now))
    }
}
