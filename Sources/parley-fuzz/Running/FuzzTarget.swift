/// A parser of bytes that come from outside, what inputs for it look like, and what must hold whatever it is fed.
protocol FuzzTarget {
    /// Words that mean something to the parser; spoiling an input puts some of them in.
    var vocabulary: [String] { get }

    /// Makes an input that somebody could have meant, or nearly.
    func makeInput(_ random: inout RandomSource) -> [UInt8]

    /// Feeds an input to the parser, and checks what must hold of the outcome.
    ///
    /// - Throws: ``Violation``.
    func check(_ input: [UInt8]) throws -> Verdict
}

/// What became of an input.
enum Verdict {
    /// The text says what kind of outcome that was: inputs that lead to a new one are kept to go on from.
    case accepted(String = "")
    case rejected(String = "")

    var isAccepted: Bool { if case .accepted = self { true } else { false } }

    var kind: String {
        switch self {
        case .accepted(let kind): "+" + kind
        case .rejected(let kind): "-" + kind
        }
    }
}

/// Something that must hold does not.
struct Violation: Error {
    let rule: String
}

/// - Throws: ``Violation`` unless `condition` holds.
func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws {
    if !condition { throw Violation(rule: rule()) }
}

extension FuzzTarget {
    var vocabulary: [String] { [] }
}

/// A parser that takes text, whose callers have bytes that are UTF-8.
protocol TextFuzzTarget: FuzzTarget {
    func makeText(_ random: inout RandomSource) -> String
    func check(_ text: String) throws -> Verdict
}

extension TextFuzzTarget {
    func makeInput(_ random: inout RandomSource) -> [UInt8] { Array(makeText(&random).utf8) }

    func check(_ input: [UInt8]) throws -> Verdict {
        guard let text = String(validating: input, as: UTF8.self) else { return .rejected("not UTF-8") }
        return try check(text)
    }
}
