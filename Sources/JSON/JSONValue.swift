/// Any JSON value, for what has no type of its own.
public enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// A number without fraction or exponent that 64 bits hold.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// The members in the order in which they stand.
    case object([Member])

    public struct Member: Equatable, Sendable {
        public var name: String
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a member, or `nil` if this is no object or has no such member.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The element at `index`, or `nil` if this is no array or a shorter one.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

extension JSONValue: JSONDecodable {
    public init(from json: inout JSONReader) throws(JSONError) {
        switch try json.peek() {
        case .null:
            _ = try json.null()
            self = .null
        case .boolean: self = .boolean(try json.boolean())
        case .number: self = try json.anyNumber()
        case .string: self = .string(try json.string())
        case .array: self = .array(try json.decode())
        case .object:
            var members: [Member] = []
            try json.beginObject()
            while let key = try json.nextKey() {
                let name = key.string
                members.append(Member(name: name, value: try json.decode()))
            }
            self = .object(members)
        }
    }
}

extension JSONReader {
    /// Reads a number as an integer if it is written as one and 64 bits hold it, else as a `Double`.
    fileprivate mutating func anyNumber() throws(JSONError) -> JSONValue {
        skipWhitespace()
        let first = cursor
        let value = try number()
        let text = String(decoding: UnsafeBufferPointer(start: first, count: cursor - first), as: UTF8.self)
        return Int64(text).map { .integer($0) } ?? .number(value)
    }
}

extension JSONValue: JSONEncodable {
    public func encode(into json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .boolean(let value): json.boolean(value)
        case .integer(let value): json.integer(value)
        case .number(let value): json.number(value)
        case .string(let value): json.string(value)
        case .array(let elements): elements.encode(into: &json)
        case .object(let members):
            json.beginObject()
            for member in members {
                json.key(member.name)
                member.value.encode(into: &json)
            }
            json.endObject()
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member(name: $0.0, value: $0.1) })
    }
}
