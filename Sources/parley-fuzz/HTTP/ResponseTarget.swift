import HTTPClient

/// Answers of other servers, as libcurl hands them over: lines of head, then the body.
struct ResponseTarget: FuzzTarget {
    private static let headLimit = 2_000, bodyLimit = 500

    let vocabulary = [
        "HTTP/1.1 200 OK\r\n", "HTTP/2 204 \r\n", "HTTP/1.1 100 Continue\r\n\r\n", "\r\n\r\n", "\r\n", "\n", ":", " ", "\t",
        "Content-Type: a",
        "X: ", "Location: /", "\u{0}", "é",
    ]

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        var head = random.usually(
            "HTTP/1.1 \(200 + random.below(300)) OK", else: ["HTTP/2 200 ", "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK", "ICY 200"])
        for _ in 0..<random.size(upTo: 12) {
            head += "\r\n" + random.text(1 + random.size(upTo: 20)) + ": " + Texts.text(&random, upTo: 60)
        }
        return Array((head + "\r\n\r\n").utf8) + random.bytes(random.size(upTo: 600))
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        var assembly = ResponseAssembly(headLimit: Self.headLimit, bodyLimit: Self.bodyLimit)
        var rest = input[...]
        var goesOn = true
        // A blank line ends the head, unless another one follows it.
        while goesOn, let end = rest.firstIndex(of: 0x0A) {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            goesOn = line.withUnsafeBytes { assembly.receive(headLine: $0) }
            if line.count <= 2, !rest.starts(with: "HTTP/".utf8) { break }
        }
        for piece in [rest.prefix(rest.count / 2), rest.dropFirst(rest.count / 2)] where goesOn {
            goesOn = piece.withUnsafeBytes { assembly.receive(body: $0) }
        }
        try require(goesOn == (assembly.refusal == nil), "it went on after a refusal, or stopped without one")
        guard let response = assembly.response else { return .rejected(assembly.refusal.map { "\($0)" } ?? "unfinished") }
        try require(200...999 ~= response.status, "status \(response.status)")
        try require(response.body.count <= Self.bodyLimit && response.body == Array(rest), "another body than was sent")
        try require(
            response.headers.allSatisfy { !$0.name.isEmpty && !$0.name.contains(":") && !$0.value.utf8.contains(0x0A) },
            "a field that is none")
        return .accepted("\(response.version)")
    }
}
