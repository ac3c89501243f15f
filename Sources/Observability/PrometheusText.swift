/// Prometheus' text exposition format, version 0.0.4.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ family: MetricFamily) {
        append("# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n")
        append("# TYPE \(family.name) \(family.kind.rawValue)\n")
        for (labels, metric) in family.children.sorted(by: { $0.key < $1.key }) {
            for sample in metric.samples() {
                let bound = sample.bound.map { "le=\"\(Self.number($0))\"" } ?? ""
                let all = [labels, bound].filter { !$0.isEmpty }.joined(separator: ",")
                append("\(family.name)\(sample.suffix)\(all.isEmpty ? "" : "{\(all)}") \(Self.number(sample.value))\n")
            }
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Labels in order of their names, as they stand between the braces.
    static func labels(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { name, value in
            precondition(isLabelName(name), "\(name) is no label name")
            return "\(name)=\"\(escaped(value, quotes: true))\""
        }.joined(separator: ",")
    }

    /// A metric name: letters, digits, `_` and `:`, no digit first.
    static func isName(_ name: String) -> Bool {
        name.utf8.first?.isDigit == false && name.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: ":") }
    }

    /// A label name: letters, digits and `_`, no digit first, not `__…` (Prometheus' own), and not `le` (a histogram's bound).
    private static func isLabelName(_ name: String) -> Bool {
        name.utf8.first?.isDigit == false && name.utf8.allSatisfy(isWordByte) && !name.hasPrefix("__") && name != "le"
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_")
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func number(_ value: Double) -> String {
        switch value {
        case .infinity: "+Inf"
        case -.infinity: "-Inf"
        case _ where value.isNaN: "NaN"
        case _ where value == value.rounded() && value.magnitude < 0x1p53: "\(Int64(value))"
        default: "\(value)"
        }
    }
}
