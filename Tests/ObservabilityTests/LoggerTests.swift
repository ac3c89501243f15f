import Testing

@testable import Observability

@Suite struct LoggerTests {
    let log = CapturedLog()

    @Test func `a line is one JSON object with time, level, logger, message and the facts in order`() {
        log.logger().info("message delivered", [.request: "r1", .reason: "new"])
        #expect(
            log.lines == [
                #"{"ts":"2026-11-20T15:04:05.678Z","level":"info","logger":"test","message":"message delivered","#
                    + #""reason":"new","request_id":"r1"}"# + "\n"
            ])
    }

    @Test func `each level has its method, and its name is on the line`() throws {
        let logger = log.logger()
        logger.trace("m")
        logger.debug("m")
        logger.info("m")
        logger.notice("m")
        logger.warning("m")
        logger.error("m")
        #expect(log.lines.count == 6)
        for (line, name) in zip(log.lines, ["trace", "debug", "info", "notice", "warning", "error"]) {
            #expect(line.contains(#""level":"\#(name)""#))
        }
    }

    @Test func `lines below the level are not made, nor are their facts evaluated`() {
        var evaluated = false
        func facts() -> [Logger.Key: String] {
            evaluated = true
            return [:]
        }
        let logger = log.logger(level: .warning)
        logger.notice("quiet", facts())
        #expect(log.lines.isEmpty && !evaluated)
        logger.warning("loud", facts())
        #expect(log.lines.count == 1 && evaluated)
    }

    @Test func `a child tells its facts on every line, and the nearest fact of a key wins`() throws {
        log.logger().with([.request: "r1", .reason: "parent"]).with([.reason: "child"]).info("m", [.reason: "line"])
        #expect(
            try log.onlyLine() == [
                "ts": "2026-11-20T15:04:05.678Z", "level": "info", "logger": "test", "message": "m", "request_id": "r1", "reason": "line",
            ])
    }

    @Test func `the logger of a task reaches what the task calls`() async throws {
        await Logger.$current.withValue(log.logger().with([.request: "r9"])) {
            await Task { Logger.current.info("m") }.value
        }
        #expect(try log.onlyLine()["request_id"] == "r9")
    }

    @Test(
        arguments: [("trace", .trace), ("Info", .info), ("WARNING", .warning), ("warn", nil), ("", nil), ("info ", nil)]
            as [(String, Logger.Level?)])
    func `a level is read from its name`(name: String, level: Logger.Level?) {
        #expect(Logger.Level(name) == level)
    }

    @Test(arguments: [
        "two\nlines\r\nand a tab\t", #"quote " backslash \ slash /"#, "\u{0}\u{1}\u{1B}[31m\u{7F}\u{9B}", "\u{2028}\u{2029}\u{85}",
        "right-to-left \u{202E}gpj.exe", "Grüße 👩‍👩‍👧 \u{10FFFF}", "",
        String(decoding: [0x61, 0xFF, 0xC3, 0x0A, 0xED, 0xA0, 0x80], as: UTF8.self),
    ])
    func `whatever a value holds, the line is one line and reads back the same`(value: String) throws {
        log.logger().info("m", [.reason: value])
        let line = try #require(log.lines.first)
        #expect(line.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count == 2, "one line feed, at the end")
        #expect(line.unicodeScalars.dropLast().allSatisfy { $0.properties.generalCategory != .control })
        #expect(try log.onlyLine()["reason"] == value)
    }

    @Test func `a value that is too long is cut between characters`() throws {
        log.logger().info("m", [.reason: "x" + String(repeating: "é", count: 5000)])
        #expect(try log.onlyLine()["reason"] == "x" + String(repeating: "é", count: 511) + "…")
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-2_203_891_200_001, "1900-02-28T23:59:59.999Z"),
    ])
    func `times are told in UTC with milliseconds`(milliseconds: Int64, text: String) {
        var bytes: [UInt8] = []
        Timestamp(milliseconds: milliseconds).append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
