import Networking
import Testing

@Suite struct AddressBlockTests {
    private func address(_ text: String) throws -> SocketAddress { try #require(SocketAddress(literal: text)) }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"), ("192.0.2.7", "192.0.2.7", "192.0.2.8"), ("192.0.2.128/25", "192.0.2.255", "192.0.2.127"),
        ("0.0.0.0/0", "203.0.113.9", "::1"), ("::/0", "2001:db8::1", nil), ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
        ("2001:db8:0:0:8000::/65", "2001:db8::ffff:0:0:1", "2001:db8::1"),
        ("::1", "::1", "::2"),
    ]) func `a block holds the addresses that begin like it`(text: String, inside: String, outside: String?) throws {
        let block = try #require(AddressBlock(text))
        #expect(block.contains(try address(inside)))
        #expect(AddressBlock(block.description) == block)
        if let outside { #expect(!block.contains(try address(outside))) }
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.1/8", "10.0.0/8", "010.0.0.0/8",
        "2001:db8::/129", "2001:db8::1/64", "localhost", "example.org/8", "10.0.0.0 /8", "fe80::1%lo", "[::1]", "::ffff:10.0.0.0/104",
        "10.0.0.0/٨",
    ]) func `what is no block is refused`(text: String) {
        #expect(AddressBlock(text) == nil)
    }
}
