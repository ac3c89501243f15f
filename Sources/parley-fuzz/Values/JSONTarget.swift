import JSON

/// JSON documents of any shape.
struct JSONTarget: FuzzTarget {
    var vocabulary: [String] { JSONGrammar.vocabulary }

    func makeInput(_ random: inout RandomSource) -> [UInt8] { Array(JSONGrammar.document(&random).utf8) }

    func check(_ input: [UInt8]) throws -> Verdict {
        let fragment = Result { try JSON.decode(JSONFragment.self, from: input) }
        let value: JSONValue
        do {
            value = try JSON.decode(from: input)
        } catch {
            try require(0...input.count ~= error.offset, "an error at byte \(error.offset) of \(input.count)")
            // Skipping a value is as strict as reading it, but for what only the type asked for can be too small for.
            if error.code != .outOfRange, case .success = fragment { throw Violation(rule: "what cannot be read can be skipped") }
            return .rejected("\(error.code)")
        }
        try require(String(validating: input, as: UTF8.self) != nil, "a document that is not UTF-8")
        guard case .success(let skipped) = fragment else { throw Violation(rule: "what can be read cannot be skipped") }
        try require(try skipped.decode(JSONValue.self) == value, "kept as it stands it is another value")

        let encoded = JSON.encode(value)
        let again = try JSON.decode(JSONValue.self, from: encoded)
        try require(again == value, "written and read it is another value")
        try require(JSON.encode(again) == encoded, "written twice it is written otherwise")
        return .accepted(Self.kind(of: value))
    }

    private static func kind(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string(let text): text.utf8.contains { $0 > 0x7F } ? "unicode" : "string"
        case .array(let elements): "array \(elements.count.bitWidth - elements.count.leadingZeroBitCount)"
        case .object(let members): "object \(members.count.bitWidth - members.count.leadingZeroBitCount)"
        }
    }
}
