import Foundation
import JSON
import Runtime
import Testing

/// Two independent parsers, one meaning.
struct FoundationAgreementTests {
    @Test func `random documents mean the same to Foundation`() throws {
        var random = SplitMix64(seed: 42)
        for _ in 0..<500 {
            let value = JSONValue.random(depth: 4, using: &random)
            let compact = JSON.encode(value)
            let spelled = Array(spell(value, using: &random).utf8)
            #expect(try JSON.decode(JSONValue.self, from: compact) == value)
            #expect(try JSON.decode(JSONValue.self, from: spelled) == value)
            #expect(means(value, try read(compact)))
            #expect(means(value, try read(spelled)))
        }
    }

    @Test func `what Foundation writes is read`() throws {
        var random = SplitMix64(seed: 43)
        for _ in 0..<200 {
            let value = foundation(.array([.random(depth: 4, using: &random)]))
            let data = try JSONSerialization.data(withJSONObject: value, options: [.prettyPrinted])
            #expect(means(try JSON.decode(JSONValue.self, from: Array(data)), value))
        }
    }

    @Test func `nothing that Foundation refuses is accepted`() throws {
        var random = SplitMix64(seed: 44)
        for _ in 0..<2_000 {
            var bytes = Array(spell(.random(depth: 3, using: &random), using: &random).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = .random(in: .min ... .max, using: &random)
                case 1: bytes.insert(Array("{}[],:\"\\0123456789.eE+-tfnu \u{0}".utf8).randomElement(using: &random) ?? 0, at: index)
                default: bytes[index] = Array("{}[],:\"\\019.e+-tn ".utf8).randomElement(using: &random) ?? 0
                }
            }
            guard let value = try? JSON.decode(JSONValue.self, from: bytes) else { continue }
            let theirs = try read(bytes)
            #expect(means(value, theirs), "\(text(bytes))")
        }
    }

    private func read(_ bytes: [UInt8]) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    /// Foundation goes through `Decimal` for long numbers and so loses their last bits; ours are compared with the standard library's elsewhere.
    private func means(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: theirs is NSNull
        case .boolean(let value): (theirs as? NSNumber)?.boolValue == value
        case .integer(let value): (theirs as? NSNumber)?.int64Value == value
        case .number(let value): abs(((theirs as? NSNumber)?.doubleValue ?? .infinity) - value) <= abs(value) * 1e-12
        case .string(let value): (theirs as? String).map { Array($0.utf8) == Array(value.utf8) } ?? false
        case .array(let elements):
            (theirs as? [Any]).map { $0.count == elements.count && zip(elements, $0).allSatisfy { means($0, $1) } } ?? false
        case .object(let members):
            (theirs as? [String: Any]).map { theirs in
                theirs.count == members.count
                    && members.allSatisfy { member in theirs[member.name].map { means(member.value, $0) } ?? false }
            } ?? false
        }
    }

    private func foundation(_ value: JSONValue) -> Any {
        switch value {
        case .null: NSNull()
        case .boolean(let value): value
        case .integer(let value): value
        case .number(let value): value
        case .string(let value): value
        case .array(let elements): elements.map { foundation($0) }
        case .object(let members): Dictionary(uniqueKeysWithValues: members.map { ($0.name, foundation($0.value)) })
        }
    }

    /// The value with white space and escapes wherever they may stand.
    private func spell(_ value: JSONValue, using random: inout SplitMix64) -> String {
        func space() -> String {
            String((0..<Int.random(in: 0...2, using: &random)).map { _ in " \t\n\r".randomElement(using: &random) ?? " " })
        }
        func string(_ text: String) -> String {
            var result = ""
            for scalar in text.unicodeScalars {
                if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || Int.random(in: 0..<4, using: &random) == 0 {
                    for unit in String(scalar).utf16 {
                        let hex = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                    }
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
            return "\"\(result)\""
        }
        switch value {
        case .string(let text): return space() + string(text) + space()
        case .array(let elements): return space() + "[" + elements.map { spell($0, using: &random) }.joined(separator: ",") + space() + "]"
        case .object(let members):
            let all = members.map { "\(space())\(string($0.name))\(space()):\(spell($0.value, using: &random))" }
            return space() + "{" + all.joined(separator: ",") + space() + "}"
        default: return space() + text(JSON.encode(value)) + space()
        }
    }
}

extension JSONValue {
    static func random(depth: Int, using random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: depth > 0 ? 0..<9 : 0..<6, using: &random) {
        case 0: return .null
        case 1: return .boolean(.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next() >> UInt64.random(in: 0..<64, using: &random)))
        case 3: return .number(Double.random(in: -1e6...1e6, using: &random))
        case 4, 5: return .string(text(using: &random))
        case 6, 7:
            return .array((0..<Int.random(in: 0...5, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
        default:
            return .object(
                (0..<Int.random(in: 0...20, using: &random)).map {
                    Member(name: "\(text(using: &random))\($0)", value: .random(depth: depth - 2, using: &random))
                })
        }
    }

    private static func text(using random: inout SplitMix64) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let bound: UInt32 = [0x20, 0x80, 0x80, 0x80, 0x800, 0xD800, 0x110000].randomElement(using: &random) ?? 0x80
            scalars.append(Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) ?? "\"")
        }
        return String(scalars)
    }
}
