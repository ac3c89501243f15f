import JSON
import Testing

struct JSONWriterTests {
    @Test func `commas and colons come by themselves`() {
        var json = JSONWriter()
        json.beginObject()
        json.field("a", 1)
        json.key("b")
        json.beginArray()
        json.beginArray()
        json.endArray()
        json.beginObject()
        json.endObject()
        json.null()
        json.endArray()
        json.field("c", "x")
        json.endObject()
        #expect(text(json.finish()) == #"{"a":1,"b":[[],{},null],"c":"x"}"#)
    }

    @Test func `a member without a value is null, or left out`() {
        let absent: Int? = nil
        var json = JSONWriter()
        json.beginObject()
        json.field("null", absent)
        json.field("left out", ifPresent: absent)
        json.field("there", ifPresent: absent ?? 7)
        json.endObject()
        #expect(text(json.finish()) == #"{"null":null,"there":7}"#)
    }

    @Test func `a value that is JSON already is put in as it stands`() {
        var json = JSONWriter(capacity: 0)
        json.beginArray()
        json.raw(Array(#"{"x": 1}"#.utf8))
        json.raw(Array("2".utf8))
        json.endArray()
        #expect(text(json.finish()) == #"[{"x": 1},2]"#)
    }

    @Test func `control characters, quotes and backslashes are escaped, and nothing else is`() {
        let short: [UInt32: String] = [0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: "\\\"", 0x5C: "\\\\"]
        for value in UInt32(0)...0x2FF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let hex = String(value, radix: 16)
            let long = "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            let expected = short[value] ?? (value < 0x20 ? long : String(scalar))
            #expect(text(JSON.encode(String(scalar))) == "\"\(expected)\"")
        }
        for character in ["<", ">", "&", "/", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{10FFFF}", "👩‍👩‍👧"] {
            #expect(text(JSON.encode(character)) == "\"\(character)\"")
        }
    }

    /// Text is copied eight bytes at a time, so every length and every place of an escape within the word matters.
    @Test func `an escape is right at every place in texts of every length`() {
        for length in 0...40 {
            #expect(text(JSON.encode(String(repeating: "é", count: length))) == "\"\(String(repeating: "é", count: length))\"")
            for place in 0..<length {
                var scalars = [String](repeating: "a", count: length)
                scalars[place] = "\""
                let plain = scalars.joined()
                scalars[place] = "\\\""
                #expect(text(JSON.encode(plain)) == "\"\(scalars.joined())\"")
            }
        }
    }

    @Test func `the buffer grows with what is written`() throws {
        for character in ["a", "\"", "\u{1}", "😀"] {
            for length in [1, 63, 64, 65, 511, 512, 513, 100_000] {
                let long = String(repeating: character, count: length)
                var json = JSONWriter(capacity: 1)
                json.beginArray()
                json.string(long)
                json.integer(UInt64.max)
                json.endArray()
                let document = json.finish()
                #expect(try JSON.decode(JSONValue.self, from: document) == [.string(long), 18_446_744_073_709_551_615.0])
            }
        }
    }

    @Test func `integers are written to the last digit`() {
        var values: [Int64] = [0, .max, .min, .min + 1]
        for digits in 1...18 {
            let power = Int64("1" + String(repeating: "0", count: digits)) ?? 0
            values += [power, power - 1, power + 1, -power, 1 - power]
        }
        for value in values { #expect(text(JSON.encode(value)) == value.description) }
        #expect(text(JSON.encode(UInt64.max)) == "18446744073709551615")
        #expect(text(JSON.encode([Int16.min, Int16.max])) == "[-32768,32767]")
    }

    @Test func `numbers are written so that they read back the same, and what is no number as null`() throws {
        for value in [0, 1, -1.5, 0.1, 1e21, 1e-7, 123456789.123, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0] {
            #expect(try JSON.decode(Double.self, from: JSON.encode(value)).bitPattern == value.bitPattern)
        }
        #expect(text(JSON.encode([Double.nan, .infinity, -.infinity])) == "[null,null,null]")
    }

    @Test func `dictionaries are written in the order of their keys, which are escaped`() {
        #expect(text(JSON.encode(["b": [true], "a": [], "\"": [false, nil]])) == #"{"\"":[false,null],"a":[],"b":[true]}"#)
    }

    @Test func `an enumeration is written by its names`() {
        #expect(text(JSON.encode([Colour.red, .darkBlue])) == #"["red","dark_blue"]"#)
    }

    @Test func `text from outside is a string like any other`() {
        var json = JSONWriter()
        json.beginArray()
        Array("naïve \"text\"".utf8).withUnsafeBufferPointer { json.string(utf8: $0) }
        json.string(utf8: UnsafeBufferPointer(start: nil, count: 0))
        json.string(asciiCount: 3) { _ = $0.update(fromContentsOf: Array("abc".utf8)) }
        json.endArray()
        #expect(json.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == #"["naïve \"text\"","","abc"]"#)
    }
}

enum Colour: String, CaseIterable, JSONEncodable, JSONDecodable {
    case red
    case darkBlue = "dark_blue"
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
