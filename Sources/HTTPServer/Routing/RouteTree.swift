/// The routes by the segments of their paths. Literals win over parameters, and where a literal leads nowhere the
/// parameter beside it is tried.
struct RouteTree: Sendable {
    private struct Node: Sendable {
        var literals: [(segment: [UInt8], node: Int)] = []
        /// The child for any other segment; 0, which is the root and nobody's child, for none.
        var parameter = 0
        var endpoints: [Endpoint] = []
    }

    /// What a path leads to.
    struct Finding {
        var endpoints: [Endpoint]
        /// Where the parameters stand, from left to right.
        var parameters: [Range<Int>]
    }

    private var nodes = [Node()]

    mutating func insert(_ endpoint: Endpoint, at pattern: RoutePattern) {
        var node = 0
        for segment in pattern.segments { node = child(of: node, for: segment) }
        let declaration = endpoint.declaration
        precondition(
            !nodes[node].endpoints.contains { $0.declaration.method == declaration.method },
            "two routes for \(declaration.method.rawValue) \(pattern)")
        nodes[node].endpoints.append(endpoint)
    }

    private mutating func child(of node: Int, for segment: RoutePattern.Segment) -> Int {
        switch segment {
        case .literal(let bytes):
            if let known = nodes[node].literals.first(where: { $0.segment == bytes }) { return known.node }
            nodes[node].literals.append((bytes, nodes.endIndex))
        case .parameter:
            if nodes[node].parameter != 0 { return nodes[node].parameter }
            nodes[node].parameter = nodes.endIndex
        }
        nodes.append(Node())
        return nodes.endIndex - 1
    }

    /// Finds the routes of a path, whatever their methods; `nil` when there are none.
    ///
    /// - Parameter path: the position of the path in `bytes`, its leading slash included.
    func find(_ path: Range<Int>, in bytes: [UInt8]) -> Finding? {
        guard path.isEmpty || bytes[path.lowerBound] == UInt8(ascii: "/") else { return nil }
        var parameters: [Range<Int>] = []
        let start = path.isEmpty ? path.lowerBound : path.lowerBound + 1
        guard let node = find(start..<path.upperBound, in: bytes, below: 0, &parameters) else { return nil }
        return Finding(endpoints: nodes[node].endpoints, parameters: parameters)
    }

    private func find(_ path: Range<Int>, in bytes: [UInt8], below node: Int, _ parameters: inout [Range<Int>]) -> Int? {
        var end = path.lowerBound
        var isEncoded = false
        while end < path.upperBound, bytes[end] != UInt8(ascii: "/") {
            if bytes[end] == UInt8(ascii: "%") { isEncoded = true }
            end += 1
        }
        let segment = path.lowerBound..<end
        let isLast = end == path.upperBound

        func goOn(_ child: Int) -> Int? {
            if isLast { return nodes[child].endpoints.isEmpty ? nil : child }
            return find(end + 1..<path.upperBound, in: bytes, below: child, &parameters)
        }
        if let literal = literal(below: node, matching: bytes[segment], isEncoded), let found = goOn(literal) { return found }
        guard nodes[node].parameter != 0, !segment.isEmpty else { return nil }
        parameters.append(segment)
        if let found = goOn(nodes[node].parameter) { return found }
        parameters.removeLast()
        return nil
    }

    private func literal(below node: Int, matching segment: ArraySlice<UInt8>, _ isEncoded: Bool) -> Int? {
        if isEncoded {
            guard let decoded = PercentEncoding.decode(segment) else { return nil }
            return nodes[node].literals.first { $0.segment.elementsEqual(decoded.utf8) }?.node
        }
        return nodes[node].literals.first { $0.segment.count == segment.count && $0.segment.elementsEqual(segment) }?.node
    }
}
