/// The settings that a process was given: environment variables over the lines of one file, and both over what was found.
struct Environment: Sendable {
    private let sources: [[String: String]]

    /// - Parameter sources: the one that goes first stands first. An empty value counts as none.
    init(_ sources: [String: String]...) { self.sources = sources.map { $0.filter { !$0.value.isEmpty } } }

    /// The names that anything is set under.
    var names: Set<String> { Set(sources.flatMap(\.keys)) }

    /// Reads `NAME=value` lines; blank ones and those that begin with `#` are passed over.
    ///
    /// - Throws: ``ConfigurationError`` that names the line.
    static func parse(file text: String) throws(ConfigurationError) -> [String: String] {
        var variables: [String: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].trimmed.isEmpty else {
                throw ConfigurationError(
                    "line \(index + 1) of the configuration file", "is not NAME=value", remedy: "Write NAME=value, or begin it with #.")
            }
            variables[String(parts[0].trimmed)] = String(parts[1].trimmed.unquoted)
        }
        return variables
    }

    /// The value of the first of `names` that is set: Parley's own name stands first, the names of other systems after it. A source
    /// that goes first does so under every name.
    func text(_ names: String...) -> (name: String, value: String)? { first(names) }

    /// The same.
    func first(_ names: [String]) -> (name: String, value: String)? {
        for source in sources {
            for name in names { if let value = source[name] { return (name, value) } }
        }
        return nil
    }
}

/// A setting that cannot be used, and what to do about it.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The variable's name.
    public let variable: String
    public let problem: String
    public let remedy: String

    init(_ variable: String, _ problem: String, remedy: String) {
        self.variable = variable
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(variable) \(problem). \(remedy)" }
}

extension Substring {
    /// Without white space at both ends.
    var trimmed: Substring {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return self[start..<end]
    }

    fileprivate var unquoted: Substring {
        guard count >= 2, let quote = first, quote == last, quote == "\"" || quote == "'" else { return self }
        return dropFirst().dropLast()
    }
}
