import JSON
import Testing

/// What an error says: `JSONError` with its parts in a row.
struct Fault: Equatable, CustomStringConvertible {
    let code: JSONError.Code
    let path: String
    let offset: Int
    let expected: String

    init(_ code: JSONError.Code, _ path: String, _ offset: Int, _ expected: String) {
        (self.code, self.path, self.offset, self.expected) = (code, path, offset, expected)
    }

    init(_ error: JSONError) { self.init(error.code, error.path, error.offset, error.expected) }

    var description: String { "\(code) at \(path.isEmpty ? "the top" : path), byte \(offset): expected \(expected)" }
}

func == (error: JSONError?, fault: Fault) -> Bool { error.map(Fault.init) == fault }

struct JSONErrorTests {
    static let team: [(String, Fault)] = [
        (#"{}"#, Fault(.missing, "members", 0, "a value")),
        (#" {"x":1}"#, Fault(.missing, "members", 1, "a value")),
        (#"{"members":3}"#, Fault(.typeMismatch, "members", 11, "an array")),
        (#"{"members":[3]}"#, Fault(.typeMismatch, "members[0]", 12, "an object")),
        (#"{"members":[{"age":1}]}"#, Fault(.missing, "members[0].name", 12, "a value")),
        (#"{"members":[{"name":"a","age":1}, {"name":"b"}],"x":0}"#, Fault(.missing, "members[1].age", 34, "a value")),
        (#"{"members":[{"name":1}]}"#, Fault(.typeMismatch, "members[0].name", 20, "a string")),
        (#"{"members":[{"tags":["a","b", 3]}]}"#, Fault(.typeMismatch, "members[0].tags[2]", 30, "a string")),
        (#"{"members":[{"age":1.5}]}"#, Fault(.typeMismatch, "members[0].age", 19, "an integer")),
        (
            #"{"members":[{"age": 9223372036854775808}]}"#,
            Fault(.outOfRange, "members[0].age", 20, "an integer from \(Int.min) to \(Int.max)")
        ),
        (#"{"members":[{"name":"a","name":"b"}]}"#, Fault(.duplicateKey, "members[0].name", 24, "each name once")),
        (#"{"members":[{"name":"\x"}]}"#, Fault(.syntax, "members[0].name", 21, "an escape sequence that stands for a character")),
        (#"{"members":[{"name":"a" "age":1}]}"#, Fault(.syntax, "members[0].name", 24, "a comma or the object's end")),
        (#"{"members":[{"name" "a"}]}"#, Fault(.syntax, "members[0].name", 20, "a colon")),
        (#"{"members":[{"name":"a",}]}"#, Fault(.syntax, "members[0]", 24, "a name in quotes")),
        (#"{"members":[{} 1]}"#, Fault(.missing, "members[0].name", 12, "a value")),
        (#"{"members":[],"extra":[0,{"a b":[01]}]}"#, Fault(.syntax, "extra[1].?[0]", 33, "no zero in front of a number")),
        (#"{"members":[],"extra":[0,nul]}"#, Fault(.syntax, "extra[1]", 25, "null")),
        (#"{"members":[],"extra":[0,1}"#, Fault(.syntax, "extra[1]", 26, "a comma or the array's end")),
        (#"{"members":["#, Fault(.syntax, "members[0]", 12, "a comma or the array's end")),
        (#"{"members":[]} x"#, Fault(.syntax, "", 15, "the end of the document")),
        (#""#, Fault(.syntax, "", 0, "a value")),
        (#"[]"#, Fault(.typeMismatch, "", 0, "an object")),
        (#"}"#, Fault(.syntax, "", 0, "an object")),
    ]

    @Test(arguments: team)
    func `an error says where and what was expected`(document: String, fault: Fault) {
        #expect(error(Team.self, document) == fault)
    }

    @Test func `a value that a type refuses is the one that was read last`() {
        #expect(error([Even].self, "[2, 4, 5 ,6]") == Fault(.invalidValue, "[2]", 7, "an even number"))
        #expect(error([String: [Even]].self, #"{"a":[2],"b":[ 1]}"#) == Fault(.invalidValue, "b[0]", 15, "an even number"))
        #expect(error([Timestamp].self, #"["2025-02-30T00:00:00.000Z"]"#)?.path == "[0]")
    }

    @Test func `a string without its end, or with a line break, says so`() {
        #expect(error(String.self, #""abc"#) == Fault(.syntax, "", 4, "a closing quote"))
        #expect(error([String].self, "[\"abc\ndef\"]") == Fault(.syntax, "[0]", 5, "control characters to be escaped"))
        #expect(
            error([String].self, #"["1234567890\ud800"]"#) == Fault(.syntax, "[0]", 12, "an escape sequence that stands for a character"))
    }

    @Test func `bytes that are not UTF-8 are found before anything else is read`() {
        let document = Array("[1,2,\"a".utf8) + [0xC3, 0x28] + Array("\"".utf8)
        let error = #expect(throws: JSONError.self) { try JSON.decode(JSONValue.self, from: document) }
        #expect(error == Fault(.invalidUTF8, "", 7, "UTF-8"))
    }

    @Test func `names that are not plain words do not show in an error`() {
        for name in ["<script>", "a.b", "line\\nbreak", "", "naïve", String(repeating: "x", count: 65), "\\u0061"] {
            #expect(error(Skipped.self, "{\"\(name)\":x}")?.path == "?")
        }
        #expect(error(Skipped.self, #"{"Some_name-2":x}"#)?.path == "Some_name-2")
    }
}

private struct Team: JSONDecodable {
    let members: [Person]

    init(from json: inout JSONReader) throws(JSONError) {
        var members: [Person]?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "members": members = try json.decode()
            default: try json.skip()
            }
        }
        self.members = try json.required("members", members)
    }
}

private struct Even: JSONDecodable {
    init(from json: inout JSONReader) throws(JSONError) {
        guard try json.integer(Int.self) % 2 == 0 else { throw json.invalid(expected: "an even number") }
    }
}
