import JSON
import Testing

@Suite struct JSONSchemaTests {
    private func written(_ schema: JSONSchema) -> (schema: String, definitions: String) {
        var catalog = JSONSchemaCatalog(prefix: "#/schemas/")
        let written = catalog.write(schema)
        return (String(decoding: JSON.encode(written), as: UTF8.self), String(decoding: JSON.encode(catalog.definitions), as: UTF8.self))
    }

    @Test(arguments: [
        (
            JSONSchema.string(1...64, pattern: "^a", example: "ab"),
            #"{"type":"string","minLength":1,"maxLength":64,"pattern":"^a","examples":["ab"]}"#
        ),
        (.string(format: "uuid").orNull, #"{"type":["string","null"],"format":"uuid","examples":["text"]}"#),
        (.integer(from: 0, to: 9), #"{"type":"integer","minimum":0,"maximum":9,"examples":[0]}"#),
        (.word("a", "b"), #"{"type":"string","enum":["a","b"]}"#), (.word("a").orNull, #"{"type":["string","null"],"enum":["a",null]}"#),
        (.array(of: .boolean()), #"{"type":"array","items":{"type":"boolean","examples":[true]}}"#), (.anything, "{}"),
        (.object([]), #"{"type":"object","properties":{}}"#),
        (
            .oneOf([.word("a"), .word("b")]).orNull,
            #"{"oneOf":[{"type":"string","enum":["a"]},{"type":"string","enum":["b"]},{"type":"null"}]}"#
        ),
        (.dictionary(of: .word("a"), example: "n"), #"{"type":"object","additionalProperties":{"type":"string","enum":["a"]}}"#),
    ]) func `a schema is written in the words of JSON Schema`(schema: JSONSchema, expected: String) {
        #expect(written(schema).schema == expected)
    }

    @Test func `members are required or may be left out`() {
        let schema = JSONSchema.object([.required("a", .word("x"), "First."), .optional("b", .word("y"))])
        #expect(
            written(schema).schema
                == #"{"type":"object","properties":{"a":{"type":"string","enum":["x"],"description":"First."},"b":{"type":"string","enum":["y"]}},"required":["a"]}"#
        )
        #expect(schema.example == ["a": "x", "b": "y"])
    }

    @Test func `what has a name is told once`() {
        let name = JSONSchema.object([.required("n", .word("x"))]).named("Name")
        let (schema, definitions) = written(.object([.required("one", name), .optional("two", name.orNull)]))
        #expect(
            schema
                == ##"{"type":"object","properties":{"one":{"$ref":"#/schemas/Name"},"two":{"oneOf":[{"$ref":"#/schemas/Name"},{"type":"null"}]}},"required":["one"]}"##
        )
        #expect(definitions == #"{"Name":{"type":"object","properties":{"n":{"type":"string","enum":["x"]}},"required":["n"]}}"#)
    }

    @Test func `arrays and optionals are described by what they hold`() {
        #expect([String].schema == .array(of: String.schema))
        #expect(Int?.schema == Int.schema.orNull)
    }
}
