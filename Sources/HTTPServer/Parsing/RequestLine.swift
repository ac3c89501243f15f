/// The first line of a request (RFC 9112 §3), as positions in the head.
struct RequestLine: Sendable {
    var method: HTTPMethod?
    var version: HTTPVersion
    var path: Range<Int>
    var query: Range<Int>?
    /// The host and port of a target in absolute form, which then counts instead of the Host field (RFC 9112 §3.2.2).
    var authority: Range<Int>?

    /// Longest name of a method that is looked at; a longer one is answered as not implemented (RFC 9110 §9.1).
    static let longestMethod = 32

    /// Parses `line`, the bytes before its CRLF. They hold no control character but the tab.
    static func parse(_ bytes: UnsafePointer<UInt8>, _ line: Range<Int>, targetLimit: Int) throws(RequestFault) -> RequestLine {
        var index = line.lowerBound
        while index < line.upperBound, CharacterSet.token.contains(bytes[index]) { index += 1 }
        let name = line.lowerBound..<index
        guard !name.isEmpty, index < line.upperBound, bytes[index] == space else { throw .malformedRequestLine }
        guard name.count <= longestMethod else { throw .methodNotSupported }
        let method = HTTPMethod.find(bytes, name)

        let targetStart = index + 1
        guard let target = try RequestTarget.scan(bytes, targetStart..<line.upperBound) else { throw .malformedRequestLine }
        guard target.end - targetStart <= targetLimit else { throw .targetTooLong }
        let version = try parseVersion(bytes, target.end + 1..<line.upperBound)
        if method == nil, isConnect(bytes, name) { throw .methodNotSupported }

        let parts = try target.interpret(bytes, targetStart, method: method)
        return RequestLine(method: method, version: version, path: parts.path, query: parts.query, authority: parts.authority)
    }

    private static let space = UInt8(ascii: " ")

    private static func parseVersion(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) throws(RequestFault) -> HTTPVersion {
        guard range.count == 8 else { throw .malformedRequestLine }
        let word = UnsafeRawPointer(bytes + range.lowerBound).loadUnaligned(as: UInt64.self).littleEndian
        switch word {
        case 0x312E_312F_5054_5448: return .http11  // "HTTP/1.1", the first byte lowest
        case 0x302E_312F_5054_5448: return .http10
        default:
            // Another pair of digits is a version, and refused as one; anything else is no request line.
            let isVersion = word & 0x00FF_00FF_FFFF_FFFF == 0x002E_002F_5054_5448
            let major = UInt8(truncatingIfNeeded: word >> 40), minor = UInt8(truncatingIfNeeded: word >> 56)
            throw isVersion && (0x30...0x39).contains(major) && (0x30...0x39).contains(minor) ? .versionNotSupported : .malformedRequestLine
        }
    }

    private static func isConnect(_ bytes: UnsafePointer<UInt8>, _ name: Range<Int>) -> Bool {
        UnsafeBufferPointer(start: bytes + name.lowerBound, count: name.count).elementsEqual("CONNECT".utf8)
    }
}

extension HTTPMethod {
    /// Methods are compared with their case (RFC 9110 §9.1).
    static func find(_ bytes: UnsafePointer<UInt8>, _ name: Range<Int>) -> HTTPMethod? {
        // All names are shorter than eight bytes, so that one word holds any of them.
        guard name.count < 8 else { return nil }
        var word: UInt64 = 0
        for index in name.reversed() { word = word << 8 | UInt64(bytes[index]) }
        return switch word {
        case 0x54_4547: .get
        case 0x4441_4548: .head
        case 0x5453_4F50: .post
        case 0x54_5550: .put
        case 0x48_4354_4150: .patch
        case 0x4554_454C_4544: .delete
        case 0x53_4E4F_4954_504F: .options
        default: nil
        }
    }
}
