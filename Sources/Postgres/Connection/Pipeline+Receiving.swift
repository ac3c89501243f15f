internal import Observability
internal import Runtime

extension Pipeline: DescriptorOwner {
    func descriptorReady(_ readiness: Readiness) {
        if readiness.contains(.readable) { receive() }
        if readiness.contains(.writable) { flush() }
    }

    func receive() {
        repeat {
            guard let isAlive = session?.consume() else { return }
            heardAt = loop.now
            takeAnswers()
            if !isAlive { return end(PostgresError(.connectionLost)) }
        } while session?.hasDecryptedInput == true
        onAnswer?()
    }

    /// Takes all that can be taken without waiting.
    private func takeAnswers() {
        let now = MonotonicClock.now
        var wasSeparator = false
        // With nothing pending, `isBusy` still lets libpq read what the server says unasked.
        while session?.isBusy == false, let next = pending.first, let answer = session?.nextAnswer() {
            let isSeparator = answer.isSeparator
            // Two in a row mean that libpq has nothing more for us, though we wait for something.
            if isSeparator && wasSeparator { return }
            wasSeparator = isSeparator
            switch next {
            case .preparation(let statement): take(answer, for: statement)
            case .unit(let unit): take(answer, for: unit, at: now)
            case .script(let script): take(answer, forScript: script)
            }
        }
    }

    private func take(_ answer: consuming Session.Answer, for statement: PreparedStatement) {
        switch consume answer {
        case .failure(let error):
            statement.failure = error.inStatement(statement.name)
            forget(statement)
            if error.code == .connectionLost { end(error) }
        case .sync: pending.popFirst()
        case .unsupported: end(PostgresError(.connectionLost))
        default: break
        }
    }

    private func take(_ answer: consuming Session.Answer, for unit: PipelineUnit, at now: UInt64) {
        switch consume answer {
        case .rows(let rows):
            unit.current?.seconds.observe(Double(now &- unit.sentAt) * 1e-9)
            unit.received(rows)
        case .failure(let error):
            telemetry.count(error)
            if error.isStalePlan, let statement = unit.current { forget(statement) }
            unit.failed(unit.current?.failure ?? error)
            if error.code == .connectionLost { end(error) }
        case .sync:
            pending.popFirst()
            unit.end()
        case .unsupported: end(PostgresError(.connectionLost))
        default: break
        }
    }

    private func take(_ answer: consuming Session.Answer, forScript script: PipelineUnit) {
        switch consume answer {
        case .failure(let error):
            script.failed(error)
            if error.code == .connectionLost { end(error) }
        case .separator:
            pending.popFirst()
            if session?.endScript() != true { end(PostgresError(.connectionLost)) }
            script.end()
        case .unsupported: end(PostgresError(.connectionLost))
        default: break
        }
    }

    /// The next use prepares the statement anew, under another name.
    private func forget(_ statement: PreparedStatement) {
        statements = statements.filter { $0.value !== statement }
    }
}
