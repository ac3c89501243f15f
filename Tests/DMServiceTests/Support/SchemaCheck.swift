import Foundation
import JSON

/// Compares JSON with a schema as the API's documents write it.
///
/// Stricter than the standard: what an object's schema does not name must not be there, and a keyword that is not known here is a fault.
struct SchemaCheck {
    let definitions: JSONValue

    init(definitions: JSONValue) { self.definitions = definitions }

    /// What does not fit, each with its place.
    func faults(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        guard case .object(let keywords) = schema else { return ["\(place): no schema"] }
        var faults: [String] = []
        var names: Set<String>?
        for keyword in keywords {
            switch (keyword.name, keyword.value) {
            case ("description", _), ("examples", _): break
            case ("$ref", .string(let reference)): faults += self.faults(value, resolved(reference), at: place)
            case ("type", let type): if !fits(value, type) { faults.append("\(place): not \(type)") }
            case ("enum", .array(let words)): if !words.contains(value) { faults.append("\(place): none of \(words)") }
            case ("format", .string(let format)): if !fits(value, format: format) { faults.append("\(place): no \(format)") }
            case ("pattern", .string(let pattern)):
                if case .string(let text) = value, text.range(of: pattern, options: .regularExpression) == nil {
                    faults.append("\(place): not \(pattern)")
                }
            case ("minLength", .integer(let least)): if let length = length(value), length < least { faults.append("\(place): too short") }
            case ("maxLength", .integer(let most)): if let length = length(value), length > most { faults.append("\(place): too long") }
            case ("minimum", .integer(let least)):
                if case .integer(let number) = value, number < least { faults.append("\(place): too low") }
            case ("maximum", .integer(let most)):
                if case .integer(let number) = value, number > most { faults.append("\(place): too high") }
            case ("required", .array(let required)):
                for case .string(let name) in required where value.isObject && value[name] == nil {
                    faults.append("\(place).\(name): missing")
                }
            case ("properties", .object(let properties)):
                names = Set(properties.map(\.name))
                for property in properties {
                    if let member = value[property.name] { faults += self.faults(member, property.value, at: "\(place).\(property.name)") }
                }
            case ("additionalProperties", let schema):
                for member in value.members { faults += self.faults(member.value, schema, at: "\(place).\(member.name)") }
            case ("items", let schema):
                for (index, element) in value.elements.enumerated() { faults += self.faults(element, schema, at: "\(place)[\(index)]") }
            case ("oneOf", .array(let choices)):
                let fitting = choices.filter { self.faults(value, $0).isEmpty }.count
                if fitting != 1 { faults.append("\(place): fits \(fitting) of \(choices.count)") }
            case ("anyOf", .array(let choices)):
                if !choices.contains(where: { self.faults(value, $0).isEmpty }) { faults.append("\(place): fits none of \(choices.count)") }
            default: faults.append("\(place): unknown keyword \(keyword.name)")
            }
        }
        if let names { faults += value.members.filter { !names.contains($0.name) }.map { "\(place).\($0.name): not described" } }
        return faults
    }

    func resolved(_ reference: String) -> JSONValue {
        definitions[String(reference.split(separator: "/").last ?? "")] ?? .null
    }

    private func fits(_ value: JSONValue, _ type: JSONValue) -> Bool {
        switch type {
        case .string(let name): value.typeName == name || (name == "number" && value.typeName == "integer")
        case .array(let types): types.contains { fits(value, $0) }
        default: false
        }
    }

    private func fits(_ value: JSONValue, format: String) -> Bool {
        guard case .string(let text) = value else { return true }
        return switch format {
        case "uuid": UUID(uuidString: text) != nil
        case "date-time": Timestamp(text)?.description == text
        default: false
        }
    }

    private func length(_ value: JSONValue) -> Int64? {
        if case .string(let text) = value { Int64(text.unicodeScalars.count) } else { nil }
    }

    // MARK: Values that fit

    /// One value for each choice that the schema leaves at its top, with all members.
    func examples(_ schema: JSONValue) -> [JSONValue] {
        if case .string(let reference)? = schema["$ref"] { return examples(resolved(reference)) }
        if case .array(let choices)? = schema["oneOf"] ?? schema["anyOf"] { return choices.flatMap(examples).filter { $0 != .null } }
        if case .array(let words)? = schema["enum"] { return Array(words.prefix(1)) }
        if case .array(let examples)? = schema["examples"] { return examples }
        if let items = schema["items"] { return [.array(examples(items))] }
        if case .object(let properties)? = schema["properties"] {
            return [
                .object(
                    properties.map { property in
                        let value = examples(property.value).first ?? .null
                        return JSONValue.Member(name: property.name, value: value)
                    })
            ]
        }
        return schema["type"] == "null" ? [.null] : [.object([])]
    }

    /// The schema of an object that `value` fits, where there are several to choose from.
    func objectSchema(_ schema: JSONValue, of value: JSONValue) -> JSONValue {
        if case .string(let reference)? = schema["$ref"] { return objectSchema(resolved(reference), of: value) }
        if case .array(let choices)? = schema["oneOf"] ?? schema["anyOf"] {
            return choices.first { faults(value, $0).isEmpty }.map { objectSchema($0, of: value) } ?? .null
        }
        return schema
    }
}

extension JSONValue {
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var isObject: Bool { if case .object = self { true } else { false } }
    var text: String? { if case .string(let text) = self { text } else { nil } }

    fileprivate var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    func setting(_ name: String, to value: JSONValue?) -> JSONValue {
        .object(
            members.compactMap { member in
                guard member.name == name else { return member }
                return value.map { Member(name: name, value: $0) }
            })
    }
}
