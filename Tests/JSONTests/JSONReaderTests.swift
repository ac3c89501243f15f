import JSON
import Runtime
import Testing

struct JSONReaderTests {
    @Test func `a type reads its members in any order and skips what it does not know`() throws {
        let document = #" { "later" : {"x":[1,"}",{}]} , "tags":["a","b"] ,"name":"A\u006en" , "age" : 42, "note":null } "#
        let person = try decode(Person.self, document)
        #expect(person == Person(name: "Ann", age: 42, note: nil, tags: ["a", "b"]))
    }

    @Test func `a name with escapes matches, whether short or long`() throws {
        let person = try decode(Person.self, #"{"n\u0061me":"x","\u0061\u0067\u0065":1,"not\u0065":"y"}"#)
        #expect(person == Person(name: "x", age: 1, note: "y", tags: []))
        #expect(try decode([String: Int].self, #"{"\n\ud83d\ude00 and then some more text":1}"#) == ["\n😀 and then some more text": 1])
    }

    @Test func `strings come out with their escapes resolved`() throws {
        #expect(try decode(String.self, #""\"\\\/\b\f\n\r\t""#) == "\"\\/\u{8}\u{C}\n\r\t")
        #expect(try decode(String.self, #""a\u0000b""#) == "a\u{0}b")
        #expect(
            try decode(String.self, #""\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff""#)
                == "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}")
        #expect(try decode(String.self, #""\u00e9 \u00E9 é""#) == "é é é")
    }

    @Test func `text of every length comes back, with an escape at every place`() throws {
        for length in 0...40 {
            for place in 0...length {
                for middle in ["\"", "\u{1}", "é", "😀", ""] {
                    let original = String(repeating: "a", count: place) + middle + String(repeating: "b", count: length - place)
                    #expect(try JSON.decode(String.self, from: JSON.encode(original)) == original)
                    #expect(try JSON.decode([String: Int].self, from: JSON.encode([original: 1])) == [original: 1])
                }
            }
        }
    }

    @Test func `integers are exact to the last digit and refused beyond it`() throws {
        #expect(try decode(Int64.self, "9223372036854775807") == .max)
        #expect(try decode(Int64.self, "-9223372036854775808") == .min)
        #expect(try decode(Int64.self, "9007199254740993") == 9_007_199_254_740_993)  // no Double holds it
        #expect(try decode(UInt64.self, "18446744073709551615") == .max)
        #expect(try decode(Int16.self, "-32768") == .min)
        #expect(try decode(UInt32.self, "-0") == 0)
        for text in [
            "9223372036854775808", "-9223372036854775809", "18446744073709551616", "100000000000000000000", "99999999999999999999999",
        ] {
            #expect(error(Int64.self, text)?.code == .outOfRange)
        }
        #expect(error(UInt64.self, "18446744073709551616")?.code == .outOfRange)
        #expect(error(UInt.self, "-1")?.code == .outOfRange)
        #expect(error(Int16.self, "32768")?.expected == "an integer from -32768 to 32767")
        for text in ["1.0", "1e3", "1.5", "-0.0"] { #expect(error(Int.self, text)?.code == .typeMismatch) }
    }

    @Test func `numbers are the nearest Double`() throws {
        let texts = [
            "0.1", "0.2", "0.3", "1e22", "1e23", "9007199254740993", "9007199254740992", "123456789012345678", "1.7976931348623157e308",
            "2.2250738585072014e-308", "2.2250738585072011e-308", "5e-324", "2.4703282292062327e-324",
            "3.141592653589793238462643383279502884",
            "0.000000000000000000000000000000000000000001", "1e-22", "1.0e-22", "7.2057594037927933e16", "-0.0", "100000000000000000000000",
        ]
        for text in texts { #expect(try decode(Double.self, text).bitPattern == Double(text)?.bitPattern) }
        var random = SplitMix64(seed: 7)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try decode(Double.self, value.description).bitPattern == value.bitPattern)
            let short = "\(Int32(truncatingIfNeeded: random.next())).\(random.next() % 10_000)e\(Int(random.next() % 60) - 30)"
            #expect(try decode(Double.self, short).bitPattern == Double(short)?.bitPattern)
        }
    }

    @Test func `a long row of digits or zeros cannot outwit the exponent`() throws {
        let zeros = String(repeating: "0", count: 1_000_100)
        #expect(try decode(Double.self, "0.\(zeros)1e1000101") == 1)
        #expect(try decode(Double.self, "1\(zeros)e-1000100") == 1)
        #expect(error(Double.self, "1\(zeros)")?.code == .outOfRange)
        #expect(try decode(Double.self, "1e-99999999999999999999999999") == 0)
    }

    @Test func `null stands for nil where there may be nothing, and nowhere else`() throws {
        #expect(try decode([Int?].self, "[1,null,2]") == [1, nil, 2])
        #expect(error([Int].self, "[1,null]")?.code == .typeMismatch)
        #expect(try decode([String: [Bool]?].self, #"{"a":null,"b":[true]}"#) == ["a": nil, "b": [true]])
    }

    @Test func `an enumeration knows its names`() throws {
        #expect(try decode([Colour].self, #"["dark_blue","red"]"#) == [.darkBlue, .red])
        #expect(error([Colour].self, #"["red","green"]"#) == Fault(.invalidValue, "[1]", 7, "one of red, dark_blue"))
    }

    @Test func `a fragment keeps its bytes until it is known what they are`() throws {
        let frame = try decode([String: JSONFragment].self, #"{"data" : {"name":"x", "age":3} ,"n":7}"#)
        let data = try #require(frame["data"])
        #expect(text(data.bytes) == #"{"name":"x", "age":3}"#)
        #expect(try data.decode(Person.self).age == 3)
        #expect(text(JSON.encode(["again": data])) == #"{"again":{"name":"x", "age":3}}"#)
        #expect(error(JSONFragment.self, #"{"name":01}"#)?.code == .syntax)
    }

    @Test func `values of any shape are kept as they stand`() throws {
        let value = try decode(JSONValue.self, #"{"z":[1,1.0,-5,1e2,true,null],"a":{"é":"\u00e9"},"big":9223372036854775808}"#)
        #expect(value == ["z": [1, 1.0, -5, 100.0, true, nil], "a": ["é": "é"], "big": 9.223372036854775808e18])
        #expect(value["z"]?[2] == -5)
        #expect(value["z"]?[6] == nil)
        #expect(value["none"] == nil)
        #expect(text(JSON.encode(value)) == #"{"z":[1,1.0,-5,100.0,true,null],"a":{"é":"é"},"big":9.223372036854776e+18}"#)
    }

    @Test func `bytes are read where they stand, without a copy`() throws {
        let document = Array(#"xx[1,2]yy"#.utf8)
        let numbers = try document.withUnsafeBytes { bytes in
            try JSON.decode([Int].self, from: UnsafeRawBufferPointer(rebasing: bytes[2..<7]))
        }
        #expect(numbers == [1, 2])
        #expect(throws: JSONError.self) { try JSON.decode(Int.self, from: UnsafeRawBufferPointer(start: nil, count: 0)) }
    }
}

struct Person: Equatable, JSONDecodable {
    var name: String
    var age: Int
    var note: String?
    var tags: [String]
}

extension Person {
    init(from json: inout JSONReader) throws(JSONError) {
        var name: String?
        var age: Int?
        var note: String?
        var tags: [String] = []
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "name": name = try json.string()
            case "age": age = try json.integer()
            case "note": note = try json.decode()
            case "tags": tags = try json.decode()
            default: try json.skip()
            }
        }
        self.name = try json.required("name", name)
        self.age = try json.required("age", age)
        self.note = note
        self.tags = tags
    }
}

func decode<Value: JSONDecodable>(_ type: Value.Type, _ text: String) throws(JSONError) -> Value {
    try JSON.decode(type, from: Array(text.utf8))
}

/// The error of reading `text`, or `nil` if it was read.
func error<Value: JSONDecodable>(_ type: Value.Type, _ text: String) -> JSONError? {
    do {
        _ = try decode(type, text)
        return nil
    } catch {
        return error
    }
}
