extension PipelineUnit {
    /// What was answered to each statement.
    func decoded<each S: Statement>(by statements: repeat each S) throws(PostgresError) -> (repeat [(each S).Output]) {
        var index = 0
        func next<Next: Statement>(_ statement: Next) throws(PostgresError) -> [Next.Output] {
            defer { index += 1 }
            return try takeRows(index).decoded(by: statement)
        }
        return (repeat try next(each statements))
    }

    func decoded<S: Statement>(by statements: [S]) throws(PostgresError) -> [[S.Output]] {
        var outputs: [[S.Output]] = []
        outputs.reserveCapacity(statements.count)
        for (index, statement) in statements.enumerated() {
            outputs.append(try takeRows(index).decoded(by: statement))
        }
        return outputs
    }
}
