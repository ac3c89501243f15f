/// The path of a route: `/conversations/{conversation}/messages`. Every segment is a literal or one parameter.
public struct RoutePattern: Sendable, Hashable, CustomStringConvertible {
    enum Segment: Sendable, Hashable {
        case literal([UInt8])
        case parameter(String)
    }

    let segments: [Segment]
    /// The names in braces, from left to right.
    public let parameterNames: [String]
    /// As it was written: what logs, metrics and the API description show instead of the path.
    public let description: String

    /// - Precondition: `text` is a path of printable ASCII that begins with a slash; names are not repeated.
    init(_ text: String) {
        precondition(text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "no route path: \(text)")
        description = text
        segments = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { segment in
            guard segment.first == UInt8(ascii: "{"), segment.last == UInt8(ascii: "}") else { return .literal(Array(segment)) }
            return .parameter(String(decoding: segment.dropFirst().dropLast(), as: UTF8.self))
        }
        parameterNames = segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
        precondition(Set(parameterNames).count == parameterNames.count, "a parameter stands twice in \(text)")
    }
}
