internal import JSON
internal import Runtime

/// Catching up after an absence: so many messages in each of so many conversations, in one answer.
struct SyncScenario: Scenario {
    /// Conversations, and messages in each, unless options say otherwise.
    private static let usual = (conversations: 100, messages: 10)

    let options: BenchOptions

    private var conversations: Int { options.conversations ?? Self.usual.conversations }
    private var messages: Int { options.messages ?? Self.usual.messages }

    var needs: BenchNeeds { BenchNeeds(people: conversations + 1, conversations: conversations, isStar: true) }

    func run(_ run: BenchRun) async throws -> BenchReport {
        guard conversations <= 100, messages <= 20 else {
            throw BenchFailure("an answer of sync holds 100 conversations and 20 messages of each at most")
        }
        let (conversations, messages) = (conversations, messages)
        let member = run.world.people[0]
        let loop = run.loops(for: 1)[0]
        let token = try await loop.perform {
            let asker = try await Asker.open(run.target, on: loop)
            defer { asker.close() }
            let token = try await Self.token(asker.ask(run.get("/api/v1/sync", as: member)))
            for conversation in run.world.conversations {
                for number in 1...messages {
                    let message = #"{"content":"message number \#(number) of those that were missed"}"#
                    let path = "/api/v1/conversations/\(conversation.id)/messages"
                    let answer = try await asker.ask(run.post(path, message, as: run.world.people[conversation.second]))
                    guard answer.status == 201 else { throw BenchFailure("a message was answered \(answer.status)") }
                }
            }
            return token
        }
        let request = run.get("/api/v1/sync?limit=100&since=\(token)", as: member)
        let lane = RequestLane(run, clients: options.clients, loop: loop) {
            .init(request: request) { response in
                guard response.status == 200 else { return "answered \(response.status)" }
                return Self.holds(response.body, conversations, messages) ? nil : "answer without all that was missed"
            }
        }
        let (tally, expense) = try await SteadyLoad(lanes: [lane], options: options).run()
        let load = "\(messages) messages in each of \(conversations) conversations, \(options.clients) connections"
        return BenchReport(.sync, load, unit: "answer", tally, kinds: ["answered"], expense)
    }

    private static func token(_ response: ResponseReader.Response) throws -> String {
        guard response.status == 200, case .string(let token)? = try? JSON.decode(JSONValue.self, from: response.body)["token"] else {
            throw BenchFailure("sync answered \(response.status)")
        }
        return token
    }

    private static func holds(_ body: [UInt8], _ conversations: Int, _ messages: Int) -> Bool {
        guard let answer = try? JSON.decode(JSONValue.self, from: body), case .array(let entries)? = answer["conversations"],
            entries.count == conversations
        else { return false }
        return entries.allSatisfy { entry in
            if case .array(let kept)? = entry["messages"] { kept.count == messages } else { false }
        }
    }
}
