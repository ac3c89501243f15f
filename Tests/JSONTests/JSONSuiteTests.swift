import JSON
import Testing

/// The classes of the JSONTestSuite (N. Seriot, "Parsing JSON is a Minefield"): what every parser must accept, what it must refuse, and what
/// RFC 8259 leaves open, with the way we decided it.
struct JSONSuiteTests {
    static let accepted: [String] = [
        // Arrays and objects
        "[]", "[ ]", "[[]   ]", "[\"\"]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[null]", "[1\n]", " [1]", "[1,null,null,null,2]",
        "[2] ",
        "{}", "{\"\":0}", "{\"a\":[]}", "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"foo\\u0000bar\": 42}",
        "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }",
        "{\"title\":\"\\u041f\\u043e\\u043b\\u0442\\u043e\\u0440\\u0430\" }", "{\n\"a\": \"b\"\n}",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
        // Numbers
        "[123e65]", "[0e+1]", "[0e1]", "[ 4]", "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
        "[20e1]",
        "[-0]", "[-123]", "[-1]", "[-0.0]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]", "[123]",
        "[123.456789]",
        "0", "-1", "1.5", "9223372036854775807", "-9223372036854775808", "1.7976931348623157e308", "5e-324",
        // Strings
        "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\uD801\\udc37\"]", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
        "[\"\\\\u0000\"]", "[\"\\\"\"]", "[\"a/*b*/c/*d//e\"]", "[\"\\\\a\"]", "[\"\\\\n\"]", "[\"\\u0012\"]", "[\"\\uFFFF\"]",
        "[\"\u{FFFF}\"]",
        "[\"\u{10FFFF}\"]", "[\"\u{1BFFF}\"]", "[\"\\u0000\"]", "[\"\\u002c\"]", "[\"\u{3C0}\"]", "[\"asd \"]", "\" \"",
        "[\"\\uD834\\uDd1e\"]",
        "[\"\u{2028}\"]", "[\"\u{2029}\"]", "[\"\\u0821\"]", "[\"\\u0123\"]", "[\"\\u0061\\u30af\\u30EA\\u30b9\"]", "[\"new\\u00A0line\"]",
        "[\"\\uDBFF\\uDFFF\"]", "[\"\\uD83F\\uDFFE\"]", "[\"\\u200B\"]", "[\"\\u2064\"]", "[\"\\uFDD0\"]", "[\"\\uFFFE\"]", "[\"\\u0022\"]",
        "[\"\u{20AC}\u{1D11E}\"]", "[\"a\u{7F}a\"]", "[\"\u{2342}\u{3323}\u{7CBE}\"]", "\"\u{A0}\"",
        // Whitespace and literals alone
        "[]\n", " [] ", "\t\r\n []", "true", "false", "null", "42", "\"asd\"", "\"\"", "-0.1",
    ]

    static let refused: [String] = [
        // Arrays
        "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x", "[3[4]]", "[1:2]", "[,]",
        "[-]",
        "[   , \"\"]", "[1,]", "[1,,]", "[*]", "[\"\"", "[1,", "[1,\n1\n,1", "[{}", "[", "]", "[]]", "[1]x", "[][]",
        // Literals
        "[fals]", "[nul]", "[tru]", "tru", "nulll", "True", "[True]", "NULL", "truefalse", "[NaN]", "[Infinity]", "[-Infinity]", "nan",
        // Numbers
        "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]",
        "[0E+]",
        "[0E]", "[0e+]", "[0e]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[Inf]",
        "[\u{FF11}]", "[1+2]", "[0x1]", "[0x42]", "[-foo]", "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.a]", "[.123]", "[1.2a-3]",
        "[1.8011670033376514H-308]", "[012]", "-", "01", "00", "1.", "1e", "[1_000]", "--1", "0b1", "1e1.5",
        // Objects
        "{\"x\"::\"b\"}", "{[: \"x\"}", "{\"x\", null}", "{\"a\":\"a\" 123}", "{key: 'value'}", "{\"a\" b}", "{:\"b\"}", "{\"a\" \"b\"}",
        "{\"a\":",
        "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null,null:null}", "{\"id\":0,,,,,}", "{'a':0}", "{\"id\":0,}", "{\"a\":\"b\"}/**/",
        "{\"a\":\"b\"}/**//", "{\"a\":\"b\"}//", "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}", "{\"a\":\"a", "{ \"foo\" : \"bar\", \"a\" }",
        "{\"a\":\"b\"}#", "{", "}", "{]", "{\"a\":}", "{,}", "{\"a\":1]", "[1}", "{{}}", "{true:1}", "{\"a\":1 \"b\":2}", "{\"a\"}",
        "{\"\\ud800\":1}",
        // Strings
        "[\"\\uD800\\\"]", "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]", "[\u{E9}]", "[\"\\x00\"]", "[\"\\\\\\\"]",
        "[\"\\\u{9}\"]",
        "[\"\\\u{1F300}\"]", "[\"\\\"]", "[\"\\u00A\"]", "[\"\\uD834\\uDd\"]", "[\"\\uD800\\uD800\\x\"]", "[\"\\uqqqq\"]", "[\"\\a\"]",
        "[\\n]", "[\"",
        "['single']", "abc", "[\"\\", "[\"a\nb\"]", "[\"\t\"]", "\"", "\"\\UA66D\"", "[\"a\u{0}a\"]", "[\"\u{1F}\"]", "\"abc", "\"\\u\"",
        "\"\\u00zz\"",
        // Structure
        "", " ", "\n", "<.>", "[<null>]", "[1]x", "[1]]", "[\"asd]", "a\u{E5}", "[True]", "1]", "{\"x\": true,", "{}}", "{\"\":",
        "{\"a\":/*comment*/\"b\"}",
        "{\"a\": true} \"x\"", "['", "[,", "[{", "[\"a", "[\"a\"", "{,", "{[", "{\"a", "{'a'", "[\"\\{[\"\\{[\"\\{[\"\\{", "*",
        "{\"a\":\"b\"}#{}", "[\\u000A\"\"]",
        "[1", "[ false, nul", "[ true, fals", "[ false, tru", "{\"asd\":\"asd\"", "[\u{2060}]", "[\u{C}]", "[\u{B}]", "\u{FEFF}{}",
        "\u{FEFF}", "\u{A0}1",
        "1 2", "{} {}", "[]\u{0}", "\u{0}", "/* c */ 1", "1 // c", "[1;2]", "@",
    ]

    /// RFC 8259 leaves these to the parser. Whatever could be read in two ways is refused, and so is what cannot be held.
    static let refusedByChoice: [String] = [
        "[1e400]", "[-1e400]", "[1e999999999999999999999]", "[123123e100000]", "[-123123e100000]", "[1.8e308]",
        "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"\":1,\"\":2}",
        "[\"\\uD888\\u1234\"]", "[\"\\uD800\"]", "[\"\\uDADA\"]", "[\"\\uD800\\n\"]", "[\"\\uDd1ea\"]", "[\"\\uD800\\uD800\\n\"]",
        "[\"\\ud800abc\"]",
        "[\"\\uDFAA\"]", "[\"\\uDd1e\\uD834\"]", "\"\\uD83D\\u0041\"", "\"\\uDBFF\\uDBFF\"",
        String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
    ]

    static let acceptedByChoice: [String] = [
        "[1e-400]", "[123e-10000000]", "[0e99999999999999]",
        "[100000000000000000000]", "[-237462374673276894279832749832423479823246327846]", "[0.1e0000000000000000000000000000000001]",
        String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
    ]

    /// Bytes that are no UTF-8. Source: RFC 3629 §3, §10.
    static let notUTF8: [[UInt8]] = [
        // Stray bytes, and overlong forms of two bytes
        [0xFF], [0xFE], [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF],
        // Overlong forms of three and four
        [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
        // Surrogates
        [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF],
        // Above U+10FFFF
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
        // Cut short
        [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xE2, 0x28, 0xA1], [0xC3, 0x28], [0xF0, 0x9F, 0x22, 0x98],
    ]

    @Test(arguments: accepted + acceptedByChoice)
    func `what RFC 8259 calls JSON is read, and skipped`(text: String) throws {
        _ = try JSON.decode(JSONValue.self, from: Array(text.utf8))
        _ = try JSON.decode(Skipped.self, from: Array(text.utf8))
    }

    @Test(arguments: refused + refusedByChoice)
    func `what is not JSON is refused, and not skipped either`(text: String) {
        #expect(throws: JSONError.self) { try JSON.decode(JSONValue.self, from: Array(text.utf8)) }
        #expect(throws: JSONError.self) { try JSON.decode(Skipped.self, from: Array(text.utf8)) }
    }

    @Test(arguments: notUTF8)
    func `bytes that are not UTF-8 are refused wherever they stand`(bytes: [UInt8]) {
        for (before, after) in [("\"", "\""), ("{\"", "\":1}"), ("[\"plain text before ", " and after\"]"), ("", ""), ("1 ", "")] {
            let document = Array(before.utf8) + bytes + Array(after.utf8)
            let error = #expect(throws: JSONError.self) { try JSON.decode(Skipped.self, from: document) }
            #expect(error?.code == .invalidUTF8)
            #expect((before.utf8.count..<document.count).contains(error?.offset ?? -1))
        }
    }

    @Test func `another encoding of Unicode is refused`() {
        let utf16: [UInt8] = [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00]
        #expect(throws: JSONError.self) { try JSON.decode(JSONValue.self, from: utf16) }
        #expect(throws: JSONError.self) { try JSON.decode(JSONValue.self, from: [0x00, 0x5B, 0x00, 0x5D]) }
        #expect(throws: JSONError.self) { try JSON.decode(JSONValue.self, from: [0xEF, 0xBB, 0xBF, 0x31]) }
    }
}

/// Reads any value by skipping it.
struct Skipped: JSONDecodable {
    init(from json: inout JSONReader) throws(JSONError) { try json.skip() }
}
