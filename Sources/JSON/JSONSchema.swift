/// What a piece of JSON looks like, in the words of JSON Schema (draft 2020-12) that the API's documents need. OpenAPI 3.1 and AsyncAPI 3.0
/// both take it as it is.
///
///     .object([
///         .required("seq", .integer(from: 1), "Place in the conversation."),
///         .optional("email", .string(0...254)),
///     ]).named("Thing")
///
/// Objects may have other members than those named: what reads them passes these over.
public struct JSONSchema: Sendable, Equatable {
    indirect enum Form: Sendable, Equatable {
        case anything
        /// The `type`, and what else is said of it.
        case scalar(String, [JSONValue.Member])
        case object([Member])
        /// An object whose names are not known beforehand.
        case dictionary(JSONSchema)
        case array(JSONSchema)
        /// Exactly one of these, or one at least.
        case oneOf([JSONSchema])
        case anyOf([JSONSchema])
        /// Told once, under its name, and referred to from everywhere else.
        case named(String, JSONSchema)
    }

    /// A member of an object.
    public struct Member: Sendable, Equatable {
        let name: String
        let schema: JSONSchema
        let isRequired: Bool
        let summary: String

        public static func required(_ name: StaticString, _ schema: JSONSchema, _ summary: String = "") -> Member {
            Member(name: "\(name)", schema: schema, isRequired: true, summary: summary)
        }

        /// One that may be left out.
        public static func optional(_ name: StaticString, _ schema: JSONSchema, _ summary: String = "") -> Member {
            Member(name: "\(name)", schema: schema, isRequired: false, summary: summary)
        }
    }

    let form: Form
    /// Whether `null` fits as well.
    public private(set) var isNullable = false
    /// A value that fits.
    public let example: JSONValue
}

// MARK: - Making one

extension JSONSchema {
    /// Any value.
    public static let anything = JSONSchema(form: .anything, example: .object([]))

    /// - Parameters:
    ///   - length: in Unicode scalars.
    ///   - pattern: a regular expression of ECMA-262, anchored.
    ///   - format: of JSON Schema's vocabulary, such as `uuid`.
    public static func string(
        _ length: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil, example: String = "text"
    ) -> JSONSchema {
        var keywords: [JSONValue.Member] = []
        if let format { keywords.append(.init(name: "format", value: .string(format))) }
        if let length {
            if length.lowerBound > 0 { keywords.append(.init(name: "minLength", value: .integer(Int64(length.lowerBound)))) }
            keywords.append(.init(name: "maxLength", value: .integer(Int64(length.upperBound))))
        }
        if let pattern { keywords.append(.init(name: "pattern", value: .string(pattern))) }
        return JSONSchema(form: .scalar("string", keywords), example: .string(example))
    }

    /// One of a few words.
    public static func word(_ words: String...) -> JSONSchema {
        JSONSchema(
            form: .scalar("string", [.init(name: "enum", value: .array(words.map { .string($0) }))]),
            example: words.first.map { .string($0) } ?? .null)
    }

    public static func integer(from least: Int64? = nil, to most: Int64? = nil, example: Int64? = nil) -> JSONSchema {
        var keywords: [JSONValue.Member] = []
        if let least { keywords.append(.init(name: "minimum", value: .integer(least))) }
        if let most { keywords.append(.init(name: "maximum", value: .integer(most))) }
        return JSONSchema(form: .scalar("integer", keywords), example: .integer(example ?? least ?? 1))
    }

    public static func number(example: Double = 1) -> JSONSchema { JSONSchema(form: .scalar("number", []), example: .number(example)) }

    public static func boolean(example: Bool = true) -> JSONSchema { JSONSchema(form: .scalar("boolean", []), example: .boolean(example)) }

    public static func array(of element: JSONSchema) -> JSONSchema {
        JSONSchema(form: .array(element), example: .array([element.example]))
    }

    public static func dictionary(of value: JSONSchema, example name: String) -> JSONSchema {
        JSONSchema(form: .dictionary(value), example: .object([.init(name: name, value: value.example)]))
    }

    public static func object(_ members: [Member]) -> JSONSchema {
        JSONSchema(form: .object(members), example: .object(members.map { .init(name: $0.name, value: $0.schema.example) }))
    }

    /// Exactly one of these fits. The first gives the example.
    public static func oneOf(_ choices: [JSONSchema]) -> JSONSchema {
        JSONSchema(form: .oneOf(choices), example: choices.first?.example ?? .null)
    }

    /// One of these fits, or several do. The first gives the example.
    public static func anyOf(_ choices: [JSONSchema]) -> JSONSchema {
        JSONSchema(form: .anyOf(choices), example: choices.first?.example ?? .null)
    }

    /// The same under a name, by which the document tells it once.
    public func named(_ name: String) -> JSONSchema { JSONSchema(form: .named(name, self), example: example) }

    /// The same, or `null`.
    public var orNull: JSONSchema {
        var schema = self
        schema.isNullable = true
        return schema
    }

    /// The same without `null`.
    public var withoutNull: JSONSchema {
        var schema = self
        schema.isNullable = false
        return schema
    }
}

// MARK: - Writing it

/// Writes schemas for one document, and gathers those that have names.
public struct JSONSchemaCatalog: Sendable {
    /// The schemas that were named, in the order of their names.
    public var definitions: JSONValue {
        .object(written.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) })
    }

    private var known: [String: JSONSchema] = [:]
    private var written: [String: JSONValue] = [:]
    /// What the reference to a named schema begins with.
    private let prefix: String

    /// - Parameter prefix: where the document keeps ``definitions``, such as `#/components/schemas/`.
    public init(prefix: String) { self.prefix = prefix }

    /// The schema as JSON.
    ///
    /// - Precondition: a name stands for one schema.
    public mutating func write(_ schema: JSONSchema) -> JSONValue {
        switch schema.form {
        case .anything: return .object([])
        case .scalar(let type, let keywords):
            // A few words say for themselves what fits.
            let isWord = keywords.contains { $0.name == "enum" }
            let examples: [JSONValue.Member] = isWord ? [] : [.init(name: "examples", value: [schema.example])]
            var written: [JSONValue.Member] = [.init(name: "type", value: Self.type(type, schema))]
            for keyword in keywords {
                // `null` has to be among the words.
                guard keyword.name == "enum", schema.isNullable, case .array(let words) = keyword.value else {
                    written.append(keyword)
                    continue
                }
                written.append(.init(name: "enum", value: .array(words + [.null])))
            }
            return .object(written + examples)
        case .object(let members): return object(members, schema)
        case .dictionary(let value): return ["type": Self.type("object", schema), "additionalProperties": write(value)]
        case .array(let element): return ["type": Self.type("array", schema), "items": write(element)]
        case .oneOf(let choices):
            return ["oneOf": .array(choices.map { write($0) } + (schema.isNullable ? [["type": "null"]] : []))]
        case .anyOf(let choices):
            return ["anyOf": .array(choices.map { write($0) } + (schema.isNullable ? [["type": "null"]] : []))]
        case .named(let name, let definition):
            precondition(known[name] ?? definition == definition, "two schemas are called \(name)")
            if known.updateValue(definition, forKey: name) == nil { written[name] = write(definition) }
            let reference: JSONValue = ["$ref": .string(prefix + name)]
            return schema.isNullable ? ["oneOf": [reference, ["type": "null"]]] : reference
        }
    }

    private mutating func object(_ members: [JSONSchema.Member], _ schema: JSONSchema) -> JSONValue {
        var properties: [JSONValue.Member] = []
        for member in members {
            guard case .object(var keywords) = write(member.schema) else { preconditionFailure("a schema is written as an object") }
            if !member.summary.isEmpty { keywords.append(.init(name: "description", value: .string(member.summary))) }
            properties.append(.init(name: member.name, value: .object(keywords)))
        }
        let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
        var keywords: [JSONValue.Member] = [
            .init(name: "type", value: Self.type("object", schema)), .init(name: "properties", value: .object(properties)),
        ]
        if !required.isEmpty { keywords.append(.init(name: "required", value: .array(required))) }
        return .object(keywords)
    }

    private static func type(_ name: String, _ schema: JSONSchema) -> JSONValue {
        schema.isNullable ? [.string(name), "null"] : .string(name)
    }
}
