import Crypto
import DMService
import JSON

/// What clients say on their sockets.
struct CommandTarget: FuzzTarget {
    var vocabulary: [String] {
        JSONGrammar.vocabulary + [
            #""type":"#, #""id":"#, #""data":"#, #""send_message""#, #""ping""#, #""auth""#, #""sync""#, #""since":"#, #""client_msg_id":"#,
            #""content":"#,
            #""conversation_id":"#,
            #""typing""#, #""presence""#, #""is_typing":"#, #""user_ids":"#,
        ]
    }

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        let type = random.usually(
            random.pick([#""send_message""#, #""ping""#, #""auth""#, #""sync""#, #""typing""#, #""presence""#]),
            else: [#""edit_message""#, #""""#, "1", "null"])
        var members = [#""type":\#(type)"#]
        if random.oneIn(2) {
            members.append(#""id":\#(random.pick([#""1""#, "1", "null", "1e3", "{}", "\"\(random.text(random.size(upTo: 200)))\""]))"#)
        }
        if !random.oneIn(8) { members.append(#""data":\#(random.oneIn(8) ? JSONGrammar.value(depth: 3, &random) : data(&random))"#) }
        if random.oneIn(8) { members.append("\(JSONGrammar.string(&random)):\(JSONGrammar.value(depth: 2, &random))") }
        members.shuffle(using: &random)
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    private func data(_ random: inout RandomSource) -> String {
        let id = UniqueID(high: random.next(), low: random.next())
        var members = [#""conversation_id":"\#(id)""#, #""content":\#(JSONGrammar.string(&random))"#]
        if random.oneIn(2) {
            members.append(#""client_msg_id":\#(random.pick([#""\#(id)""#, #""""#, "7", "null", "\"\(random.text(65))\"", #""é""#]))"#)
        }
        if random.oneIn(4) { members.append(#""type":\#(random.usually(#""text""#, else: [#""voice""#, "null"]))"#) }
        if random.oneIn(2) { members.append(#""is_typing":\#(random.usually("true", else: ["false", "1", "null"]))"#) }
        if random.oneIn(2) { members.append(#""user_ids":\#(random.usually(#"["\#(id)","\#(id)"]"#, else: ["[]", #"["x"]"#, "null"]))"#) }
        if random.oneIn(2) { members.append(#""token":\#(JSONGrammar.string(&random))"#) }
        if random.oneIn(12) { members.removeFirst() }
        members.shuffle(using: &random)
        return "{\(members.joined(separator: ","))}"
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        let value = try? JSON.decode(JSONValue.self, from: input)
        do throws(SocketCommand.Fault) {
            _ = try input.withUnsafeBufferPointer { bytes throws(SocketCommand.Fault) in try SocketCommand(UnsafeRawBufferPointer(bytes)) }
        } catch {
            switch error {
            case .badEnvelope:
                if case .string? = value?["type"], value?["id"] == nil { throw Violation(rule: "an envelope in order is called bad") }
                return .rejected("envelope")
            case .unknownType:
                guard case .string(let type)? = value?["type"] else { throw Violation(rule: "a type is unknown that is no text") }
                try require(!["auth", "send_message", "sync", "ping", "typing", "presence"].contains(type), "\(type) is unknown")
                return .rejected("type")
            case .badData(let error, _, _): return .rejected("\(error.code) \(error.path.prefix(20))")
            }
        }
        guard let value, case .string(let type)? = value["type"] else { throw Violation(rule: "a command without a type") }
        let data = value["data"]
        switch type {
        case "ping", "sync": break
        case "auth": if case .string? = data?["token"] {} else { throw Violation(rule: "a token that is no text") }
        case "send_message":
            guard case .string(let conversation)? = data?["conversation_id"], UniqueID(conversation) != nil,
                case .string? = data?["content"]
            else {
                throw Violation(rule: "a message without a place or content")
            }
        case "typing":
            guard case .string(let conversation)? = data?["conversation_id"], UniqueID(conversation) != nil,
                case .boolean? = data?["is_typing"]
            else { throw Violation(rule: "typing without a place, or neither begun nor ended") }
        case "presence":
            guard case .array(let people)? = data?["user_ids"],
                people.allSatisfy({ if case .string(let id) = $0 { UniqueID(id) != nil } else { false } })
            else { throw Violation(rule: "people who are no ids") }
        default: throw Violation(rule: "a command of an unknown type")
        }
        return .accepted(type)
    }
}
