internal import JSON

/// Pages of history, each from a random place of a random conversation.
struct HistoryScenario: Scenario {
    private static let pageSize = 50

    let options: BenchOptions

    private var conversations: Int { options.conversations ?? 1 }
    private var messages: Int { options.messages ?? 10_000 }

    var needs: BenchNeeds {
        BenchNeeds(people: 2 * conversations, conversations: conversations, messagesPerConversation: messages)
    }

    func run(_ run: BenchRun) async throws -> BenchReport {
        let loops = run.loops(for: options.clients)
        let lanes = loops.enumerated().map { index, loop in
            RequestLane(run, clients: options.share(options.clients, of: index, among: loops.count), loop: loop) { exchange(run) }
        }
        let (tally, expense) = try await SteadyLoad(lanes: lanes, options: options).run()
        let load = "pages of \(Self.pageSize), \(options.clients) connections, \(conversations) × \(messages) messages"
        return BenchReport(.history, load, unit: "page", tally, kinds: ["answered"], expense)
    }

    private func exchange(_ run: BenchRun) -> RequestLane.Exchange {
        let conversation = run.world.conversations[Int.random(in: run.world.conversations.indices)]
        let before = Int64.random(in: 2...Int64(messages + 1))
        let path = "/api/v1/conversations/\(conversation.id)/messages?limit=\(Self.pageSize)&before_seq=\(before)"
        return .init(request: run.get(path, as: run.world.people[conversation.first])) { response in
            guard response.status == 200 else { return "answered \(response.status)" }
            guard let page = try? JSON.decode(HistoryPage.self, from: response.body) else { return "unreadable page" }
            let expected = (max(1, before - Int64(Self.pageSize))..<before).reversed()
            return page.seqs.elementsEqual(expected) ? nil : "page with other messages"
        }
    }
}

/// The `seq` of each message of a page, in the order in which they stand.
private struct HistoryPage: JSONDecodable {
    var seqs: [Int64] = []

    init(from json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "items":
                try json.beginArray()
                while try json.nextElement() { try readMessage(from: &json) }
            default: try json.skip()
            }
        }
    }

    private mutating func readMessage(from json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "seq": seqs.append(try json.integer())
            default: try json.skip()
            }
        }
    }
}
