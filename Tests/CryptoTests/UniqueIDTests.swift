import JSON
import Testing

@testable import Crypto

@Suite struct UniqueIDTests {
    private let example = UniqueID(high: 0x017F_22E2_79B0_7CC3, low: 0x98C4_DC0C_0C07_398F)

    @Test func `the example of RFC 9562 is read, written and understood`() {
        #expect(UniqueID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F") == example)
        #expect(UniqueID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f") == example)
        #expect("\(example)" == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(example.version == 7)
        #expect(example.timestamp == Timestamp(milliseconds: 1_645_557_742_000))
        #expect(Hex.encode(example.bytes) == "017f22e279b07cc398c4dc0c0c07398f")
    }

    @Test(arguments: [
        "", "017f22e2", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        " 017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2_79b0_7cc3_98c4_dc0c0c07398f",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07-98f", "017f22e2-7-b0-7cc3-98c4-dc0c0c07398f", "--------------------------------+---",
        "------------------------------------", "017f22e2-79b0-7cc3-98c4-dc0c0c07398\0", "０17f22e2-79b0-7cc3-98c4-dc0c0c0739",
        "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "0x7f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398é",
        "' OR 1=1 --", "../../../../../../../../../etc/passwd",
    ])
    func `nothing but the 36 characters is an id`(text: String) {
        #expect(UniqueID(text) == nil)
        #expect(throws: JSONError.self) { try JSON.decode(UniqueID.self, from: JSON.encode(text)) }
    }

    @Test func `no change of a dash and no dash elsewhere is an id, and every digit counts`() throws {
        let text = Array("\(example)".utf8)
        for index in text.indices {
            for byte in UInt8.min...UInt8.max where byte != text[index] {
                var changed = text
                changed[index] = byte
                let id = changed.withUnsafeBufferPointer { UniqueID(utf8: $0) }
                let isDigit = "0123456789abcdefABCDEF".utf8.contains(byte)
                #expect((id != nil) == (isDigit && text[index] != UInt8(ascii: "-")))
                if let id, byte | 0x20 != text[index] { #expect(id != example) }
            }
        }
    }

    @Test func `random ids come back from text, bytes and JSON, and order as their bytes do`() throws {
        let ids =
            (0..<500).map { _ in UniqueID(high: SecureRandom().next(), low: SecureRandom().next()) } + [
                UniqueID(high: 0, low: 0), UniqueID(high: .max, low: .max),
            ]
        for id in ids {
            #expect(UniqueID("\(id)") == id)
            #expect(UniqueID("\(id)".uppercased()) == id)
            #expect(UniqueID(bytes: id.bytes) == id)
            #expect(try JSON.decode(UniqueID.self, from: JSON.encode(id)) == id)
            #expect(String(decoding: JSON.encode(id), as: UTF8.self) == "\"\(id)\"")
        }
        for (left, right) in zip(ids, ids.reversed()) {
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
            #expect((left < right) == ("\(left)" < "\(right)"))
        }
        #expect(UniqueID(high: 1, low: 1) < UniqueID(high: 1, low: 2))
        #expect(!(UniqueID(high: 1, low: 1) < UniqueID(high: 1, low: 1)))
        #expect(UniqueID(bytes: [1, 2, 3]) == nil)
        #expect(UniqueID(bytes: []) == nil)
    }

    @Test func `only JSON strings are ids`() {
        for json in ["1", "null", "[]", "{}", "true", "\"\"", "\"\(example)"] {
            #expect(throws: JSONError.self) { try JSON.decode(UniqueID.self, from: Array(json.utf8)) }
        }
    }
}
