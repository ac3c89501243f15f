internal import JSON

/// The first page of a long list of conversations, with its unread counts.
struct InboxScenario: Scenario {
    private static let pageSize = 50
    /// Conversations, and messages in each, unless options say otherwise.
    private static let usual = (conversations: 1_000, messages: 3)

    let options: BenchOptions

    private var conversations: Int { options.conversations ?? Self.usual.conversations }
    private var messages: Int { options.messages ?? Self.usual.messages }

    var needs: BenchNeeds {
        BenchNeeds(people: conversations + 1, conversations: conversations, messagesPerConversation: messages, isStar: true)
    }

    func run(_ run: BenchRun) async throws -> BenchReport {
        let request = run.get("/api/v1/conversations?limit=\(Self.pageSize)", as: run.world.people[0])
        let expected = min(Self.pageSize, conversations)
        let loops = run.loops(for: options.clients)
        let lanes = loops.enumerated().map { index, loop in
            RequestLane(run, clients: options.share(options.clients, of: index, among: loops.count), loop: loop) {
                .init(request: request) { response in
                    guard response.status == 200 else { return "answered \(response.status)" }
                    guard let page = try? JSON.decode(JSONValue.self, from: response.body), case .array(let items)? = page["items"] else {
                        return "unreadable page"
                    }
                    return items.count == expected ? nil : "page of \(items.count)"
                }
            }
        }
        let (tally, expense) = try await SteadyLoad(lanes: lanes, options: options).run()
        let load = "the first \(expected) of \(conversations) conversations with \(messages) messages, \(options.clients) connections"
        return BenchReport(.inbox, load, unit: "page", tally, kinds: ["answered"], expense)
    }
}
