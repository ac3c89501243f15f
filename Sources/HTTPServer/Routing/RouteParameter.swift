public import JSON

/// A part of a path, declared once: the pattern of a route holds it, the handler reads it by it, and the API description tells of it.
///
///     extension PathParameter<Conversation.ID> {
///         static var conversation: Self { Self("conversation", "The conversation's id.", Conversation.ID.schema, read: Conversation.ID.init(_:)) }
///     }
///     Route(.get, "/conversations/\(.conversation)", …) { request, _ in … try request.parameter(.conversation) … }
public struct PathParameter<Value>: Sendable {
    let name: StaticString
    private let summary: StaticString
    private let schema: @Sendable () -> JSONSchema
    let read: @Sendable (String) -> Value?

    /// - Parameters:
    ///   - schema: asked for when the description is made: handlers make parameters for every request.
    ///   - read: answers `nil` for what is no such name: then nothing is found under it.
    public init(
        _ name: StaticString, _ summary: StaticString, _ schema: @autoclosure @escaping @Sendable () -> JSONSchema,
        read: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.summary = summary
        self.schema = schema
        self.read = read
    }

    public var description: ParameterDescription {
        ParameterDescription(name: "\(name)", summary: "\(summary)", schema: schema(), isRequired: true)
    }
}

/// A parameter of a query, declared once: routes list it, handlers read it by it, and the API description tells of it.
public struct QueryParameter<Value>: Sendable {
    let name: StaticString
    private let summary: StaticString
    private let schema: @Sendable () -> JSONSchema
    private let isRequired: Bool
    let read: @Sendable (String) -> Value?

    /// - Parameters:
    ///   - schema: asked for when the description is made.
    ///   - read: answers `nil` for what cannot be used, which is refused.
    public init(
        _ name: StaticString, _ summary: StaticString, _ schema: @autoclosure @escaping @Sendable () -> JSONSchema,
        isRequired: Bool = false, read: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.summary = summary
        self.schema = schema
        self.isRequired = isRequired
        self.read = read
    }

    public var description: ParameterDescription {
        ParameterDescription(name: "\(name)", summary: "\(summary)", schema: schema(), isRequired: isRequired)
    }
}

/// What the API description says of a parameter.
public struct ParameterDescription: Sendable, Equatable {
    public let name: String
    public let summary: String
    public let schema: JSONSchema
    public let isRequired: Bool
}

/// The path of a route as it is declared: text, and the parameters in it.
public struct RoutePath: Sendable, ExpressibleByStringInterpolation {
    let text: String
    let parameters: [ParameterDescription]

    public init(stringLiteral text: String) {
        self.text = text
        parameters = []
    }

    public init(stringInterpolation path: StringInterpolation) {
        text = path.text
        parameters = path.parameters
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var parameters: [ParameterDescription] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { text += literal }

        public mutating func appendInterpolation<Value>(_ parameter: PathParameter<Value>) {
            text += "{\(parameter.description.name)}"
            parameters.append(parameter.description)
        }
    }
}

extension Request {
    /// A part of the path.
    ///
    /// - Throws: 404 `not_found` when it cannot be read: what has no valid name does not exist.
    public func parameter<Value>(_ parameter: PathParameter<Value>) throws(HTTPError) -> Value {
        try self.parameter(parameter.name, as: parameter.read)
    }

    /// A parameter of the query; `nil` when it is absent.
    ///
    /// - Throws: 400 `validation_error` when it stands there twice or cannot be read.
    public func query<Value>(_ parameter: QueryParameter<Value>) throws(HTTPError) -> Value? {
        try query(parameter.name, as: parameter.read)
    }

    /// A parameter of the query, of which the caller makes something else; `nil` when it is absent.
    ///
    /// - Throws: 400 `validation_error` when it stands there twice, cannot be read, or nothing can be made of it.
    public func query<Value, Other>(_ parameter: QueryParameter<Value>, as make: (Value) -> Other?) throws(HTTPError) -> Other? {
        try query(parameter.name) { parameter.read($0).flatMap(make) }
    }
}
