/// Looks up one parameter in a query string (`application/x-www-form-urlencoded`), without making a table of all.
package enum QueryString {
    package enum Finding: Equatable {
        case absent
        case found(String)
        /// Broken encoding, or two of them: nobody can say which one is meant.
        case unreadable
    }

    package static func find(_ name: String, in query: ArraySlice<UInt8>) -> Finding {
        var finding = Finding.absent
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let key = PercentEncoding.decode(pair[..<equals], plusIsSpace: true) else { continue }
            guard key == name else { continue }
            guard finding == .absent, let value = PercentEncoding.decode(pair[equals...].dropFirst(), plusIsSpace: true) else {
                return .unreadable
            }
            finding = .found(value)
        }
        return finding
    }
}
