import Crypto
import JSON
import Testing

@testable import LoadBench

@Suite struct ServerFrameTests {
    private func frame(_ json: String) throws -> ServerFrame { try JSON.decode(from: Array(json.utf8)) }

    @Test func `an acknowledgement gives number and seq`() throws {
        let tag = MessageTag(sender: 0xABC, number: 42)
        let frame = try frame(
            #"{"type":"message_ack","id":"42","data":{"client_msg_id":"\#(tag.text())","server_id":"x","conversation_id":"y","seq":7,"sent_at":"z"}}"#
        )
        #expect(frame.kind == .messageAck)
        #expect(frame.id == 42)
        #expect(frame.clientMessageID == tag)
        #expect(frame.seq == 7)
    }

    @Test func `a message gives its own seq, not that of what lies in it`() throws {
        let frame = try frame(
            #"{"type":"new_message","data":{"id":"m","seq":9,"sender":{"seq":1,"id":"u"},"type":"text","content":"é\n","client_msg_id":"other"}}"#
        )
        #expect(frame.kind == .newMessage)
        #expect(frame.seq == 9)
        #expect(frame.clientMessageID?.number == -1)
    }

    @Test func `an error gives its code and when to try again`() throws {
        let frame = try frame(#"{"type":"error","id":"1","data":{"code":"rate_limited","message":"…","retry_after_ms":250}}"#)
        #expect(frame.kind == .error)
        #expect(frame.code == "rate_limited")
        #expect(frame.retryAfterMilliseconds == 250)
    }

    @Test func `other frames are stepped over whatever they hold`() throws {
        #expect(try frame(#"{"type":"ready","data":{"seq":"no number","limits":{}}}"#).kind == .ready)
        #expect(try frame(#"{"type":"presence","data":[1,2]}"#).kind == .other)
        #expect(throws: JSONError.self) { try frame("{") }
    }
}

@Suite struct MessageTagTests {
    @Test(arguments: [0, 1, 1 << 42 - 1] as [UInt64], [0, 9, 1_234_567, 1 << 32 - 1])
    func `a tag is read as it was written, and is a UUID of version 7`(_ sender: UInt64, _ number: Int) throws {
        let tag = MessageTag(sender: sender, number: number)
        let text = tag.text(at: Timestamp(milliseconds: 1_700_000_000_123))
        #expect(read(text) == tag)
        let id = try #require(UniqueID(text))
        #expect(id.timestamp?.milliseconds == 1_700_000_000_123)
        #expect(id.low >> 62 == 0b10)
    }

    @Test(arguments: ["", "-", "other", "0193b3f0-0000-4000-8000-000000000001", "0193b3f0-0000-7000-8000-00000000000g"])
    func `what we did not write belongs to nobody`(_ text: String) {
        #expect(read(text).number == -1)
    }

    private func read(_ text: String) -> MessageTag {
        var text = text
        return text.withUTF8 { MessageTag($0) }
    }
}
