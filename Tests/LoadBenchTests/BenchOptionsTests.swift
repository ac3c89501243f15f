import Testing

@testable import LoadBench

@Suite struct BenchOptionsTests {
    @Test func `every option is taken`() throws {
        var options = BenchOptions()
        for (name, value) in [
            ("--pairs", "3"), ("--in-flight", "4"), ("--rate", "0.5"), ("--clients", "5"), ("--sockets", "6"), ("--concurrency", "7"),
            ("--size", "8"), ("--path", "/x"), ("--conversations", "9"), ("--messages", "10"), ("--warm-up", "0"), ("--duration", "1.5"),
            ("--loops", "2"), ("--cpu", "serve=1"), ("--cpu", "postgres=2,3"),
        ] {
            #expect(try options.take(name, value))
        }
        #expect(options.pairs == 3 && options.inFlight == 4 && options.rate == 0.5 && options.clients == 5 && options.sockets == 6)
        #expect(options.concurrency == 7 && options.size == 8 && options.path == "/x" && options.conversations == 9)
        #expect(options.messages == 10 && options.warmUp == 0 && options.duration == 1.5 && options.loops == 2)
        #expect(options.groups == [ProcessGroup(name: "serve", ids: [1]), ProcessGroup(name: "postgres", ids: [2, 3])])
    }

    @Test func `an unknown option is left to the caller`() throws {
        var options = BenchOptions()
        #expect(try !options.take("--url", "x"))
        #expect(options == BenchOptions())
    }

    @Test(arguments: [
        ("--pairs", "0"), ("--pairs", "many"), ("--rate", "0"), ("--rate", "nan"), ("--rate", "-1"), ("--duration", "0"),
        ("--duration", "inf"),
        ("--warm-up", "-1"), ("--path", "x"), ("--path", "/a b"), ("--cpu", "serve"), ("--loops", "-2"),
    ])
    func `a value that does not fit is refused by name`(_ name: String, _ value: String) {
        var options = BenchOptions()
        let failure = #expect(throws: BenchFailure.self) { try options.take(name, value) }
        #expect(failure?.explanation.contains("\(name) is \"\(value)\"") == true)
    }

    @Test(arguments: [1, 2, 3, 7])
    func `lanes share everything and nothing twice`(_ lanes: Int) {
        for count in [1, 5, 16, 200] {
            let shares = (0..<lanes).map { BenchOptions().share(count, of: $0, among: lanes) }
            #expect(shares.reduce(0, +) == count)
        }
    }
}

@Suite struct BenchTargetTests {
    @Test func `base URLs are taken apart`() throws {
        #expect(try #require(BenchTarget.parts(of: "http://127.0.0.1:8080")) == ("http", "127.0.0.1", 8080))
        #expect(try #require(BenchTarget.parts(of: "https://chat.example/")) == ("https", "chat.example", 443))
        #expect(try #require(BenchTarget.parts(of: "http://[::1]:9")) == ("http", "::1", 9))
        #expect(try #require(BenchTarget.parts(of: "http://[::1]")) == ("http", "::1", 80))
    }

    @Test(arguments: ["", "localhost:80", "ftp://x", "http://", "http://:80", "http://x:", "http://x:99999", "http://x/path", "http://a@x"])
    func `what is no base URL is refused`(_ url: String) {
        #expect(throws: BenchFailure.self) { try BenchTarget(url: url) }
    }
}
