public import JSON

extension Request {
    /// Reads the body as JSON.
    ///
    /// - Throws: 415 `unsupported_media` when the body says it is something else, 400 `validation_error` with the
    ///   member's `path` and what was `expected` when it does not fit.
    public func decode<Value: JSONDecodable>(_ type: Value.Type) throws(HTTPError) -> Value {
        if let mediaType = head.mediaType, mediaType != "application/json", !mediaType.hasSuffix("+json") {
            throw HTTPError(.unsupportedMedia, "Send the body as application/json.")
        }
        do {
            return try JSON.decode(type, from: body)
        } catch {
            throw HTTPError(refusing: error)
        }
    }

    /// The part of the path that the route's pattern names `name`, percent-decoded and read by `make`.
    ///
    /// - Throws: 404 `not_found` when it cannot be read: what has no valid name does not exist.
    public func parameter<Value>(_ name: StaticString, as make: (String) -> Value?) throws(HTTPError) -> Value {
        guard let position = route.pattern.parameterNames.firstIndex(of: "\(name)") else {
            preconditionFailure("the route's path has no parameter of that name")
        }
        guard let text = PercentEncoding.decode(head.bytes[parameterRanges[position]]), let value = make(text) else {
            throw .notFound
        }
        return value
    }

    /// The part of the path that the route's pattern names `name`, percent-decoded.
    ///
    /// - Throws: 404 `not_found` when it is not UTF-8 or holds a control character.
    public func parameter(_ name: StaticString) throws(HTTPError) -> String {
        try parameter(name) { $0 }
    }

    /// The value of a query parameter, decoded; `nil` when it is absent.
    ///
    /// - Throws: 400 `validation_error` when it stands there twice, is not UTF-8 or holds a control character.
    public func query(_ name: StaticString) throws(HTTPError) -> String? {
        try query(name) { $0 }
    }

    /// The value of a query parameter, decoded and read by `make`; `nil` when it is absent.
    ///
    /// - Throws: 400 `validation_error` when it stands there twice or cannot be read.
    public func query<Value>(_ name: StaticString, as make: (String) -> Value?) throws(HTTPError) -> Value? {
        guard let range = head.queryRange else { return nil }
        switch QueryString.find("\(name)", in: head.bytes[range]) {
        case .absent: return nil
        case .found(let text):
            if let value = make(text) { return value }
            fallthrough
        case .unreadable:
            throw HTTPError(.validation, "The query parameter \(name) is not valid.", details: [("parameter", .string("\(name)"))])
        }
    }
}

extension HTTPError {
    /// What does not exist, and what the caller may not see.
    public static let notFound = HTTPError(.notFound, "There is nothing here.")

    /// A body that is no JSON, or not the JSON that was asked for.
    public init(refusing error: JSONError) {
        var details: [(name: String, value: JSONValue)] = []
        if !error.path.isEmpty { details.append(("path", .string(error.path))) }
        if !error.expected.isEmpty { details.append(("expected", .string(error.expected))) }
        let message =
            error.path.isEmpty
            ? "The body is not the JSON that is expected here." : "A member of the body is missing or not what is expected."
        self.init(.validation, message, details: details)
    }
}

extension RequestHead {
    /// The type of the body without its parameters, in lower case; `nil` when the field is absent.
    package var mediaType: String? {
        self[.contentType].map { value in
            let essence = value.utf8.prefix { $0 != UInt8(ascii: ";") }.map(\.lowercasedASCII)
            return String(decoding: essence.trimmingWhiteSpace, as: UTF8.self)
        }
    }
}
