import JSON
import Testing

/// Documents made to hurt: deep, wide, cut short, damaged.
struct HostileDocumentTests {
    @Test func `depth is limited, for arrays, objects and both mixed`() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let width = open.hasPrefix("[{") ? 2 : 1
            for levels in [32, 34] {
                let count = levels / width
                let document = String(repeating: open, count: count) + "0" + String(repeating: close, count: count)
                #expect(error(JSONValue.self, document)?.code == (levels > 32 ? .tooDeep : nil))
                #expect(error(Skipped.self, document)?.code == (levels > 32 ? .tooDeep : nil))
            }
            #expect(error(JSONValue.self, String(repeating: open, count: 1_000_000))?.code == .tooDeep)
        }
        #expect(error(JSONValue.self, String(repeating: "[", count: 33))?.offset == 32)
    }

    @Test func `the limit is on what is open at once, not on how much there is`() throws {
        let siblings = "[" + [String](repeating: "[[[]]]", count: 1000).joined(separator: ",") + "]"
        #expect(try decode(JSONValue.self, siblings)[999] == [[[]]])
        #expect(throws: JSONError.self) { try JSON.decode(JSONValue.self, from: Array("[[[]]]".utf8), depthLimit: 2) }
        _ = try JSON.decode(JSONValue.self, from: Array("[[[]]]".utf8), depthLimit: 3)
    }

    @Test func `a name given twice is found wherever the two stand`() throws {
        for count in [2, 3, 15, 16, 17, 18, 40] {
            let names = (0..<count).map { "\"name\($0)\":{\"name\($0)\":[{\"x\":1},{\"x\":2}]}" }
            _ = try decode(Skipped.self, "{\(names.joined(separator: ","))}")
            for first in 0..<count {
                for second in first + 1..<count {
                    var twice = names
                    twice[second] = "\"n\\u0061me\(first)\":0"
                    let error = error(Skipped.self, "{\(twice.joined(separator: ","))}")
                    #expect(error?.code == .duplicateKey)
                    twice[second] = "\"name\(first)\":0"
                    #expect(JSONTests.error(Skipped.self, "{\(twice.joined(separator: ","))}")?.path == "name\(first)")
                }
            }
        }
    }

    @Test func `names that look alike are different names`() throws {
        let names = [
            "a", "A", "a ", "", "é", "e\u{301}", "\u{212B}", "\u{C5}", "a\u{0}", "aa", "12345678", "123456789", "12345678x9",
            "1234567812345678",
        ]
        let object = JSONValue.object(names.map { .init(name: $0, value: nil) })
        guard case .object(let members) = try JSON.decode(JSONValue.self, from: JSON.encode(object)) else {
            Issue.record("no object"); return
        }
        #expect(members.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
    }

    @Test func `the same name in different objects is no duplicate`() throws {
        let wide = "{" + (0..<30).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        _ = try decode(Skipped.self, "[\(wide),\(wide),{\"a\":\(wide),\"b\":\(wide)},\(wide)]")
        _ = try decode(Skipped.self, #"{"a":{"a":{"a":{}},"b":{}},"b":{"a":{"b":{"a":0}}}}"#)
        #expect(error(Skipped.self, #"{"a":{"b":{"c":0}},"b":{},"a":0}"#)?.code == .duplicateKey)
        #expect(error(Skipped.self, "{\"x\":\(wide),\"y\":[{\"a\":\(wide)},\(wide)],\"x\":1}")?.code == .duplicateKey)
    }

    /// A pairwise search would need two hundred million comparisons here.
    @Test(arguments: ["name-%", "a-common-head-%-a-common-tail", "n\\u0061me-%"])
    func `an object of twenty thousand names is read in passing, and its one duplicate found`(pattern: String) throws {
        var names = (0..<20_000).map { "\"\(pattern.replacing("%", with: "\($0)"))\":0" }
        _ = try decode(Skipped.self, "{\(names.joined(separator: ","))}")
        names.append(names[19_998])
        #expect(error(Skipped.self, "{\(names.joined(separator: ","))}")?.code == .duplicateKey)
    }

    static let sample = #"{"a":[1,-2.5e1,"x\u00e9\n😀"],"é":{"t":true,"n":null},"z":[[],{}]}"#

    @Test func `a document cut short anywhere is refused`() {
        let bytes = Array(Self.sample.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSON.decode(JSONValue.self, from: Array(bytes[..<length])) }
            #expect(throws: JSONError.self) { try JSON.decode(Skipped.self, from: Array(bytes[..<length])) }
        }
    }

    @Test func `skipping accepts and refuses the same damaged documents as reading, and what is read can be written again`() throws {
        var bytes = Array(Self.sample.utf8)
        for index in bytes.indices {
            let original = bytes[index]
            for byte in UInt8.min...UInt8.max {
                bytes[index] = byte
                let value = try? JSON.decode(JSONValue.self, from: bytes)
                let isSkipped = (try? JSON.decode(Skipped.self, from: bytes)) != nil
                #expect((value != nil) == isSkipped)
                if let value { #expect(try JSON.decode(JSONValue.self, from: JSON.encode(value)) == value) }
                _ = try? JSON.decode(Person.self, from: bytes)
            }
            bytes[index] = original
        }
    }
}
