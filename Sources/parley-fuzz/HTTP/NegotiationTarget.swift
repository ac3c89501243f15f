import HTTPServer

/// Field values that are taken apart only when somebody asks: lists, weights, entity tags, media types.
struct NegotiationTarget: FuzzTarget {
    private static let tag = "\"abc-_09.gz\""

    let vocabulary = [
        "gzip", "*", "identity", ";q=0", ";q=1", ";q=0.001", "; q=1.000", ", ", ",", ";", "=", "W/", "\"", tag, "application/json", "+json",
        "\t", "q", ".",
    ]

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        let coding = random.pick(["gzip", "x-gzip", "*", "br", "identity", "", "GZIP"])
        let weight = random.pick(["", ";q=0", ";q=0.5", "; q=1", ";q=1.0000", ";q=", ";", ";q=0.", ";Q=0.001", ";x=y;q=1", ";q=-1", ";q=é"])
        let more = random.oneIn(2) ? "" : ", " + random.pick(["*;q=0", "gzip;q=0", "deflate", "", "br;q=1"])
        let tags = random.pick(["*", Self.tag, "W/" + Self.tag, "\"x\", " + Self.tag, "\"", "", "W/", ","])
        let type = random.pick([
            "application/json", "Application/JSON; charset=utf-8", "text/plain", "", ";", "application/problem+json", " ; ",
        ])
        return Array("\(coding)\(weight)\(more)\r\nIf-None-Match: \(tags)\r\nContent-Type: \(type)".utf8)
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        let stream = Array("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ".utf8) + input + Array("\r\n\r\n".utf8)
        guard let head = RequestTranscript(stream).exchanges.first?.head else { return .rejected("no request") }
        for member in head.list(.acceptEncoding) {
            try require(!member.isEmpty && member.first != " " && member.last != " ", "a list with a member that was not trimmed")
        }
        let type = head.mediaType
        try require(type?.contains(";") != true, "a media type with parameters")
        let accepts = head.acceptsGzip
        let has = head.hasAlready(Self.tag)
        return accepts || has ? .accepted("\(accepts) \(has)") : .rejected()
    }
}
