/// A type whose JSON is described, for whoever reads the API's documents.
///
/// The description stands beside the code that reads or writes the JSON, since nothing derives the one from the other. Tests hold them
/// together: real values are written and compared with it, and what it calls required cannot be left out.
public protocol JSONDescribed {
    static var schema: JSONSchema { get }
}

extension String: JSONDescribed {
    public static var schema: JSONSchema { .string() }
}

extension Bool: JSONDescribed {
    public static var schema: JSONSchema { .boolean() }
}

extension Int: JSONDescribed {
    public static var schema: JSONSchema { .integer() }
}

extension Int64: JSONDescribed {
    public static var schema: JSONSchema { .integer() }
}

extension Timestamp: JSONDescribed {
    public static var schema: JSONSchema { .string(format: "date-time", example: "2026-03-14T09:26:53.589Z") }
}

extension Array: JSONDescribed where Element: JSONDescribed {
    public static var schema: JSONSchema { .array(of: Element.schema) }
}

extension Optional: JSONDescribed where Wrapped: JSONDescribed {
    public static var schema: JSONSchema { Wrapped.schema.orNull }
}
