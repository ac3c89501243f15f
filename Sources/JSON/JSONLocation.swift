/// Where in a document something stands: the path to it, found by walking the document again from its start.
///
/// Only errors need it, so only errors pay for it. What stands before the place has been read without fault.
struct JSONLocation {
    private(set) var offset: Int
    private var containers: [Container] = []
    private let document: UnsafeBufferPointer<UInt8>

    private struct Container {
        let start: Int
        let isObject: Bool
        /// The member the walk is in, once its name has been passed.
        var name: Range<Int>?
        /// The element the walk is in, counted from 0.
        var index = 0
    }

    /// The place `offset` itself.
    init(in document: JSONDocument, at offset: Int) {
        self.document = document.bytes
        self.offset = offset
        _ = walk(to: offset)
    }

    /// The value whose last byte stands before `end`.
    init(in document: JSONDocument, endingAt end: Int) {
        self.document = document.bytes
        offset = 0
        offset = walk(to: end)
    }

    /// As in `members[3].name`; empty for the document itself. Names that are not plain words show as `?`: an error never repeats
    /// arbitrary text to whoever reads it.
    var path: String {
        var path = ""
        for container in containers {
            if !container.isObject {
                path += "[\(container.index)]"
            } else if let name = container.name {
                path += (path.isEmpty ? "" : ".") + word(name)
            }
        }
        return path
    }

    private func word(_ name: Range<Int>) -> String {
        let bytes = document[name]
        let isPlain = bytes.allSatisfy { byte in
            switch Unicode.Scalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
            default: false
            }
        }
        return isPlain && 1...64 ~= bytes.count ? String(decoding: bytes, as: UTF8.self) : "?"
    }

    /// Walks from the start to `limit`, keeping the containers that are open.
    ///
    /// - Returns: where the value begins that was the last to begin as a scalar or to end as a container.
    private mutating func walk(to limit: Int) -> Int {
        var lastValue = 0
        var position = 0
        while position < limit {
            let first = position
            position += 1
            switch document[first] {
            case .openingBrace: containers.append(Container(start: first, isObject: true))
            case .openingBracket: containers.append(Container(start: first, isObject: false))
            case .closingBrace, .closingBracket: lastValue = containers.popLast()?.start ?? 0
            case .comma:
                guard !containers.isEmpty else { break }
                containers[containers.count - 1].name = nil
                containers[containers.count - 1].index += 1
            case .quote:
                while position < limit, document[position] != .quote { position += document[position] == .backslash ? 2 : 1 }
                position += 1
                if let container = containers.last, container.isObject, container.name == nil {
                    guard position <= limit else { break }
                    containers[containers.count - 1].name = first + 1..<position - 1
                } else {
                    lastValue = first
                }
            case .colon, 0x20, 0x09, 0x0A, 0x0D: break
            default:
                lastValue = first
                while position < limit, !Self.endsScalar(document[position]) { position += 1 }
            }
        }
        return lastValue
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == .comma || byte == .closingBrace || byte == .closingBracket
    }
}
