import Testing

@testable import Redis

@Suite struct CommandTests {
    private func written(_ command: RedisCommand) -> String {
        var output = Array("before,".utf8)
        command.write(to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `a command is written as an array of its arguments`() {
        #expect(written(RedisCommand("PING")) == "before,*1\r\n$4\r\nPING\r\n")
        #expect(
            written(RedisCommand("SET", "é", [0x0D, 0x0A] as [UInt8], "PX", 60_000, Int64(-1)))
                == "before,*6\r\n$3\r\nSET\r\n$2\r\né\r\n$2\r\n\r\n\r\n$2\r\nPX\r\n$5\r\n60000\r\n$2\r\n-1\r\n")
        #expect(written(RedisCommand("SET", "", "")) == "before,*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n")
        #expect(written(RedisCommand("", "")) == "before,*2\r\n$0\r\n\r\n$0\r\n\r\n")
    }

    @Test func `arguments may be added one by one`() {
        var command = RedisCommand("DEL", "a")
        command.append("b")
        #expect(written(command) == "before,*3\r\n$3\r\nDEL\r\n$1\r\na\r\n$1\r\nb\r\n")
    }

    @Test func `the first argument, or the key that is named, says the slot`() {
        #expect(RedisCommand("GET", "foo").slot == HashSlot(12_182))
        #expect(RedisCommand("XREAD", "STREAMS", "foo", routedBy: "foo").slot == HashSlot(12_182))
        #expect(RedisCommand("PING").slot == nil)
    }

    @Test func `a script is named by its digest, and routed by its first key`() {
        let script = RedisScript("return 1")
        #expect(script.digest == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
        #expect(
            written(script.byDigest(["foo"], ["x"]))
                == "before,*5\r\n$7\r\nEVALSHA\r\n$40\r\n\(script.digest)\r\n$1\r\n1\r\n$3\r\nfoo\r\n$1\r\nx\r\n")
        #expect(script.byDigest(["foo"], []).slot == HashSlot(12_182))
        #expect(written(script.bySource([], [])) == "before,*3\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n0\r\n")
    }

    @Test func `replies become values of the type that is expected`() throws {
        #expect(try RedisReply.integer(5).decode(Int.self) == 5)
        #expect(try RedisReply.bytes(Array("-5".utf8)).decode(Int64.self) == -5)
        #expect(try RedisReply.integer(1).decode(Bool.self))
        #expect(try RedisReply.null.decode(String?.self) == nil)
        #expect(try RedisReply.bytes(Array("x".utf8)).decode(String?.self) == "x")
        #expect(try RedisReply.array([.null, .integer(1)]).decode(each: Int?.self) == [nil, 1])
        #expect(throws: RedisError(.unexpectedReply)) { try RedisReply.status("OK").decode(Int.self) }
        #expect(throws: RedisError(.unexpectedReply)) { try RedisReply.null.decode(String.self) }
        #expect(throws: RedisError(.unexpectedReply)) { try RedisReply.bytes([0xFF]).decode(String.self) }
        let error = RedisReply.error(RedisErrorReply("WRONGTYPE Operation against a key"))
        #expect(throws: RedisError(.serverRejected, kind: "WRONGTYPE")) { try error.decode(Int?.self) }
        #expect(throws: RedisError(.serverRejected, kind: "WRONGTYPE")) { try error.check() }
    }
}
