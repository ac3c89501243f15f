import Observability
import Testing

@testable import HTTPServer

@Suite struct NameGeneratorTests {
    @Test func `names are short, plain and different`() {
        var names = NameGenerator(seed: 7)
        let ids = (0..<10_000).map { _ in names.requestID() }
        #expect(Set(ids).count == ids.count)
        #expect(
            ids.allSatisfy { id in id.utf8.count == 15 && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) } })
    }

    @Test(arguments: [
        ("abc", true), ("A-Z_09", true), (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false), ("", false),
        ("a b", false),
        ("a.b", false), ("a\"b", false), ("é", false), ("a/b", false), ("a;b", false),
    ]) func `a client's name for its request is taken if it is plain`(name: String, isTaken: Bool) throws {
        let head = try #require(RequestTranscript("GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: \(name)\r\n\r\n").heads.first)
        #expect(head.acceptableRequestID == (isTaken ? name : nil))
    }

    @Test func `two callers' traces are none`() throws {
        let parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
        let one = try #require(
            RequestTranscript("GET / HTTP/1.1\r\nHost: a\r\n\(parent)tracestate: a=1\r\ntracestate: b=2\r\n\r\n").heads.first)
        #expect(one.callersTrace?.traceIDText == "0af7651916cd43dd8448eb211c80319c" && one.callersTrace?.traceState == "a=1,b=2")
        let two = try #require(RequestTranscript("GET / HTTP/1.1\r\nHost: a\r\n\(parent)\(parent)\r\n").heads.first)
        #expect(two.callersTrace == nil)
    }
}
