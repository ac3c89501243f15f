import JSON
import Testing

@testable import DMService

@Suite struct SocketCommandTests {
    private func read(_ text: String) throws -> SocketCommand {
        try Array(text.utf8).withUnsafeBytes { try SocketCommand($0) }
    }

    private static let conversation = "01890000-0000-7000-8000-000000000001"

    @Test(arguments: [
        #"{"type":"send_message","id":"1","data":{"conversation_id":"\#(conversation)","content":"hi","client_msg_id":"k"}}"#,
        #"{"data":{"client_msg_id":"k","content":"hi","type":"text","conversation_id":"\#(conversation)"},"id":"1","type":"send_message"}"#,
        #" { "type" : "send_message", "new_member": [1,{}], "id":"1", "data" : {"conversation_id":"\#(conversation)","content":"hi","client_msg_id":"k","x":null} } "#,
    ]) func `the members of a frame may stand in any order, and new ones are passed over`(frame: String) throws {
        let command = try read(frame)
        guard case .sendMessage(let draft, let conversation) = command.action else { throw Unexpected() }
        #expect(draft.content == "hi" && draft.kind == .text && draft.clientID?.text == "k")
        #expect(conversation.description == Self.conversation)
        #expect(command.id?.bytes == Array("\"1\"".utf8))
    }

    @Test(arguments: [
        "", "1", "[]", "null", "{}", "{", #"{"type":5}"#, #"{"type":"ping","id":{}}"#, #"{"type":"ping","type":"ping"}"#,
        #"{"type":"ping"} x"#,
    ])
    func `what is no envelope is told apart`(frame: String) {
        // acceptance: B-030
        #expect { try read(frame) } throws: { if case SocketCommand.Fault.badEnvelope = $0 { true } else { false } }
    }

    @Test func `a type from the future is answered with its id`() {
        #expect { try read(#"{"type":"teleport","id":7,"data":{}}"#) } throws: {
            if case SocketCommand.Fault.unknownType(let id) = $0 { id?.bytes == Array("7".utf8) } else { false }
        }
    }

    @Test(arguments: [
        #"{"content":"hi"}"#, #"{"conversation_id":"x","content":"hi"}"#, #"{"conversation_id":"\#(conversation)"}"#,
        #"{"conversation_id":"\#(conversation)","content":7}"#, #"{"conversation_id":"\#(conversation)","content":"hi","type":"smoke"}"#,
        "5", "[]", "null",
    ]) func `data that does not fit is answered with the id of the command`(data: String) {
        #expect { try read(#"{"type":"send_message","id":"a","data":\#(data)}"#) } throws: {
            if case SocketCommand.Fault.badData(_, let id, _) = $0 { id?.bytes == Array("\"a\"".utf8) } else { false }
        }
    }

    @Test func `a refusal names the message it is about, if that can be known`() {
        #expect { try read(#"{"type":"send_message","data":{"client_msg_id":"k1","content":7}}"#) } throws: {
            if case SocketCommand.Fault.badData(_, _, let clientID) = $0 { clientID == "k1" } else { false }
        }
    }

    @Test func `a ping needs no data`() throws {
        // acceptance: B-018
        guard case .ping = try read(#"{"type":"ping"}"#).action else { throw Unexpected() }
    }

    // acceptance: B-015
    @Test(arguments: [true, false]) func `who types says where, and whether`(isTyping: Bool) throws {
        let data = #"{"is_typing":\#(isTyping),"conversation_id":"\#(Self.conversation)","kind":"text"}"#
        let command = try read(#"{"type":"typing","data":\#(data)}"#)
        guard case .typing(isTyping, let conversation) = command.action else { throw Unexpected() }
        #expect(conversation.description == Self.conversation)
    }

    @Test func `a socket names whom it watches`() throws {
        for people in [[], [Self.conversation], [Self.conversation, Self.conversation]] {
            let list = people.map { "\"\($0)\"" }.joined(separator: ",")
            guard case .presence(let named) = try read(#"{"type":"presence","data":{"user_ids":[\#(list)]}}"#).action else {
                throw Unexpected()
            }
            #expect(named.map(\.description) == people)
        }
    }

    @Test(arguments: [
        #"{"type":"typing","data":{"conversation_id":"\#(conversation)"}}"#, #"{"type":"typing","data":{"is_typing":true}}"#,
        #"{"type":"typing","data":{"conversation_id":"x","is_typing":true}}"#,
        #"{"type":"typing","data":{"conversation_id":"\#(conversation)","is_typing":1}}"#,
        #"{"type":"typing","data":{"conversation_id":"\#(conversation)","is_typing":null}}"#,
        #"{"type":"typing"}"#, #"{"type":"presence"}"#,
        #"{"type":"presence","data":{"user_ids":"\#(conversation)"}}"#, #"{"type":"presence","data":{"user_ids":["x"]}}"#,
        #"{"type":"presence","data":{"user_ids":[null]}}"#, #"{"type":"presence","data":{"user_ids":null}}"#,
    ]) func `typing and presence that say it badly are refused`(frame: String) {
        #expect { try read(frame) } throws: { if case SocketCommand.Fault.badData = $0 { true } else { false } }
    }

    private struct Unexpected: Error {}
}
