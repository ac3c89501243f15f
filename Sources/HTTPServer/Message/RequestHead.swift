/// The head of a request: its bytes, and where in them everything stands. Nothing is made a `String` before it is asked for.
/// A class, since it is handed on at every step and never changes.
public final class RequestHead: Sendable {
    /// Where one header field stands in ``bytes``.
    package struct Field: Sendable {
        var nameStart: UInt16
        var nameEnd: UInt16
        var valueStart: UInt16
        var valueEnd: UInt16
        /// `nil` for a field outside of ``HeaderName``.
        var name: HeaderName?
    }

    /// How the end of the body is found (RFC 9112 §6.3).
    public enum BodyFraming: Sendable, Hashable {
        case none
        case length(Int)
        case chunked
    }

    package let bytes: [UInt8]
    package let fields: [Field]
    /// `nil` for a token that is not among Parley's methods.
    public let method: HTTPMethod?
    public let version: HTTPVersion
    let pathRange: Range<Int>
    let queryRange: Range<Int>?
    /// Host and port of a target in absolute form.
    let authorityRange: Range<Int>?
    public let framing: BodyFraming
    /// Whether the client keeps the connection for another request (RFC 9112 §9.3).
    public let keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    public let expectsContinue: Bool

    init(
        bytes: [UInt8], fields: [Field], method: HTTPMethod?, version: HTTPVersion, pathRange: Range<Int>, queryRange: Range<Int>?,
        authorityRange: Range<Int>?, framing: BodyFraming, keepsAlive: Bool, expectsContinue: Bool
    ) {
        self.bytes = bytes
        self.fields = fields
        self.method = method
        self.version = version
        self.pathRange = pathRange
        self.queryRange = queryRange
        self.authorityRange = authorityRange
        self.framing = framing
        self.keepsAlive = keepsAlive
        self.expectsContinue = expectsContinue
    }
}

extension RequestHead {
    /// The path as it was sent, percent-encoding kept. `*` for a question about the whole server.
    public var path: String { pathRange.isEmpty ? "/" : text(pathRange) }

    /// The query as it was sent, without its question mark; `nil` when there is none.
    public var query: String? { queryRange.map(text) }

    /// The host, and the port if one is named, that the client believes to talk to. Empty only in HTTP/1.0.
    public var host: String { authorityRange.map(text) ?? self[.host] ?? "" }

    /// The value of the first field of that name. Bytes that are not UTF-8 come out as U+FFFD.
    public subscript(_ name: HeaderName) -> String? {
        fields.first { $0.name == name }.map { text(valueRange($0)) }
    }

    /// The values of all fields of that name, in order.
    public func values(_ name: HeaderName) -> [String] {
        fields.lazy.filter { $0.name == name }.map { text(valueRange($0)) }
    }

    /// The members of a comma-separated list, over all fields of that name, without surrounding white space. Empty
    /// members are left out (RFC 9110 §5.6.1).
    public func list(_ name: HeaderName) -> [String] {
        var members: [String] = []
        for field in fields where field.name == name {
            for member in bytes[valueRange(field)].split(separator: UInt8(ascii: ",")) {
                let member = member.trimmingWhiteSpace
                if !member.isEmpty { members.append(String(decoding: member, as: UTF8.self)) }
            }
        }
        return members
    }

    /// Whether a field of that name is there, whatever its value.
    public func contains(_ name: HeaderName) -> Bool { fields.contains { $0.name == name } }

    /// Lends the bytes of the first value of that name to `body`, without making a `String`.
    public func withValue<Value>(_ name: HeaderName, _ body: (UnsafeBufferPointer<UInt8>) throws -> Value) rethrows -> Value? {
        guard let field = fields.first(where: { $0.name == name }) else { return nil }
        return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[valueRange(field)])) }
    }

    /// The value of the first field whose name is `name` but for case; for fields outside of ``HeaderName``.
    public func value(named name: String) -> String? {
        let wanted = Array(name.utf8)
        return fields.first { $0.name == nil && bytes[nameRange($0)].equalsIgnoringCase(wanted) }.map { text(valueRange($0)) }
    }

    package func nameRange(_ field: Field) -> Range<Int> { Int(field.nameStart)..<Int(field.nameEnd) }

    package func valueRange(_ field: Field) -> Range<Int> { Int(field.valueStart)..<Int(field.valueEnd) }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension Collection<UInt8> where Self: BidirectionalCollection, SubSequence: BidirectionalCollection {
    /// Without spaces and tabs at both ends (OWS of RFC 9110 §5.6.3).
    var trimmingWhiteSpace: SubSequence {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return self[startIndex..<startIndex]
        }
        return self[first...last]
    }

    /// Compares ASCII letters without their case.
    func equalsIgnoringCase(_ other: some Collection<UInt8>) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension UInt8 {
    var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
