import Testing

@testable import Observability

@Suite struct TraceContextTests {
    private let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func `a valid header is read and written back`() throws {
        let context = try #require(TraceContext(traceparent: valid))
        #expect(context.traceID == 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c)
        #expect(context.parentID == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled)
        #expect(context.traceparent == valid)
        #expect(context.traceIDText == "0af7651916cd43dd8448eb211c80319c")
    }

    @Test(arguments: [
        ("", "empty"),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", "too short"),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011", "too long"),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-", "version 00 with a tail"),
        ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what", "a later version's tail must begin with a dash"),
        ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "version ff"),
        ("0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "version is no number"),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", "trace id of zeros"),
        ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "parent id of zeros"),
        ("00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01", "upper case"),
        ("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "wrong separator"),
        ("00-0af7651916cd43dd8448eb211c8031-9c-b7ad6b71692033-01xx", "separators elsewhere"),
        (" 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "leading space"),
        ("00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "sign"),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g", "flags are no number"),
        ("00-0af7651916cd43dd8448eb211c80319ñ-b7ad6b7169203331-0", "not ASCII"),
    ])
    func `a header that breaks the rules is refused`(header: String, rule: Comment) {
        #expect(TraceContext(traceparent: header) == nil, rule)
    }

    @Test(arguments: [
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-brings",
    ])
    func `a later version is read by the rules of version 00 and answered in it`(header: String) throws {
        #expect(try #require(TraceContext(traceparent: header)).traceparent == valid)
    }

    @Test func `flags without a meaning are not passed on`() throws {
        let context = try #require(TraceContext(traceparent: valid.dropLast(2) + "fe"))
        #expect(!context.isSampled)
        #expect(context.traceparent.hasSuffix("-00"))
    }

    @Test func `a child keeps trace, sampling and state, under a name of its own`() throws {
        let parent = try #require(TraceContext(traceparent: valid, traceState: "rojo=1"))
        let child = parent.child()
        #expect(child.traceID == parent.traceID && child.flags == parent.flags && child.traceState == "rojo=1")
        #expect(child.parentID != parent.parentID && child.parentID != 0)
    }

    @Test func `fresh traces differ, are unsampled and can be read by others`() throws {
        let contexts = (0..<1000).map { _ in TraceContext.fresh() }
        #expect(Set(contexts.map(\.traceID)).count == 1000)
        for context in contexts {
            #expect(!context.isSampled)
            #expect(TraceContext(traceparent: context.traceparent) == context)
        }
    }

    @Test(
        arguments: [
            ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            ("  rojo=1 ,\t, congo=2,", "rojo=1,congo=2"),
            ("fw529a3039@dt=FfffffffXx, 0tenant@sys=a b", "fw529a3039@dt=FfffffffXx,0tenant@sys=a b"),
            ("", nil), (" , ", nil),
            ("rojo", nil), ("=1", nil), ("rojo=", nil), ("Rojo=1", nil), ("0rojo=1", nil), ("rojo=1=2", nil), ("rojo=ü", nil),
            ("rojo=a\u{7}", nil),
            ("rojo=1,rojo=2", nil), ("a@b@c=1", nil), ("a@0b=1", nil), ("@b=1", nil), ("a@abcdefghijklmno=1", nil),
        ] as [(String, String?)])
    func `trace state is passed on if it keeps the rules, and left out if not`(state: String, kept: String?) throws {
        #expect(try #require(TraceContext(traceparent: valid, traceState: state)).traceState == kept)
    }

    @Test func `trace state is bounded in entries and in length`() throws {
        func kept(_ entries: [String]) -> String? {
            TraceContext(traceparent: valid, traceState: entries.joined(separator: ","))?.traceState
        }
        #expect(kept((0..<32).map { "k\($0)=v" }) != nil)
        #expect(kept((0..<33).map { "k\($0)=v" }) == nil)
        let long = (0..<4).map { "k\($0)=" + String(repeating: "v", count: 197) }
        #expect(kept(long) == long[..<2].joined(separator: ","), "entries of 200 characters: two fit into 512")
        #expect(kept(["k=" + String(repeating: "v", count: 257)]) == nil)
        #expect(kept(["k=" + String(repeating: "v", count: 100_000)]) == nil)
    }
}
