/// What the command line asks for.
struct Arguments {
    enum Task: Equatable {
        /// Fuzz one parser, or all of them.
        case fuzz(parser: String?)
        /// Print the inputs of a run instead of parsing them.
        case emit(parser: String)
        /// Parse one input again.
        case replay(parser: String, hex: String)
        /// Say what becomes of each stream on standard input.
        case judge(protocol: String)
    }

    static let usage = """
        usage: parley-fuzz [PARSER|all] [--inputs N] [--seed S] [--corpus FOLDER]
               parley-fuzz PARSER --replay HEX
               parley-fuzz PARSER --emit [--inputs N] [--seed S]
               parley-fuzz --judge http|websocket|deflate|json

        Feeds parsers of outside bytes what they do not expect, and prints a line for each. The same seed makes the same
        inputs. Exits with 1 when a parser crashed, hung, took too much memory or broke a rule; the input is printed.

        --emit writes the inputs to standard output, each behind its length as four bytes, the lowest first. --judge
        reads such streams and writes a verdict on each, in the same form.

        """

    var task = Task.fuzz(parser: nil)
    var inputs = 20_000
    var seed: UInt64 = 1
    var corpus: String?

    /// `nil` when they make no sense.
    init?(_ words: [String]) {
        var words = words[...]
        var parser: String?
        if let first = words.first, !first.hasPrefix("--") {
            parser = first == "all" ? nil : first
            words.removeFirst()
        }
        task = .fuzz(parser: parser)
        while let word = words.popFirst() {
            if word == "--emit", let parser {
                task = .emit(parser: parser)
                continue
            }
            guard let value = words.popFirst() else { return nil }
            switch word {
            case "--inputs", "--count":
                guard let count = Int(value), count > 0 else { return nil }
                inputs = count
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            case "--corpus": corpus = value
            case "--replay":
                guard let parser else { return nil }
                task = .replay(parser: parser, hex: value)
            case "--judge": task = .judge(protocol: value)
            default: return nil
            }
        }
    }
}
