internal import Postgres
internal import Runtime

/// Finds out who may see whom: what many ask goes in one statement, one statement at a time. Belongs to its loop.
///
/// `@unchecked Sendable`: confined to its loop.
final class VisibilityQueue: @unchecked Sendable {
    /// Those of some people who may be seen, each with when the database last knew them there.
    typealias Visible = [Member.ID: Presence]

    private struct Question {
        let viewer: Member.ID
        let people: [Member.ID]
        let answer: (Result<Visible, PostgresError>) -> Void
    }

    /// People of one statement.
    private static let slice = 2_000
    /// Questions that may wait. More are refused: the database is too far behind.
    private static let limit = 20_000

    private let loop: EventLoop
    private let database: Database
    private var questions = FIFO<Question>()
    private var isAsking = false
    private var changes: AccountChanges
    /// Called with those who were found to be visible, before anybody is answered.
    var prepare: (([Member.ID]) async -> Void)?

    /// - Parameter memory: milliseconds; longer than any question takes.
    init(loop: EventLoop, database: Database, memory: UInt64) {
        self.loop = loop
        self.database = database
        changes = AccountChanges(memory: memory)
    }

    /// What decides whom a member sees, or who sees them, may have changed: what is being asked just now is asked again.
    func accountChanged(_ member: Member.ID) { changes.note(member, now: loop.now) }

    func forgetOld(now: UInt64) { changes.forgetOld(now: now) }

    /// Calls `answer` with those of some people whom `viewer` may see. Everybody sees themselves.
    func ask(_ viewer: Member.ID, about people: [Member.ID], answer: @escaping (Result<Visible, PostgresError>) -> Void) {
        guard questions.count < Self.limit else { return answer(.failure(PostgresError(.poolTimedOut))) }
        questions.append(Question(viewer: viewer, people: people, answer: answer))
        guard !isAsking else { return }
        isAsking = true
        loop.start { [self] in
            while !questions.isEmpty { await self.answer(nextBatch()) }
            isAsking = false
        }
    }

    private func nextBatch() -> [Question] {
        var (batch, count): ([Question], Int) = ([], 0)
        while let question = questions.first, batch.isEmpty || count + question.people.count <= Self.slice {
            questions.popFirst()
            batch.append(question)
            count += question.people.count
        }
        return batch
    }

    private func answer(_ batch: [Question]) async {
        let begun = loop.now
        let found: [Visible]
        do throws(PostgresError) {
            found = try await visible(batch)
        } catch {
            for question in batch { question.answer(.failure(error)) }
            return
        }
        await prepare?(Array(Set(found.flatMap(\.keys))))
        for (question, visible) in zip(batch, found) {
            // What changed while it was asked may not be in the answer.
            let isOutdated = ([question.viewer] + question.people).contains { changes.contains($0, since: begun) }
            if isOutdated { questions.append(question) } else { question.answer(.success(visible)) }
        }
    }

    private func visible(_ batch: [Question]) async throws(PostgresError) -> [Visible] {
        var (pairs, askers): ([VisiblePresence.Pair], [Int]) = ([], [])
        var found: [Visible] = []
        for (index, question) in batch.enumerated() {
            found.append(question.people.contains(question.viewer) ? [question.viewer: .hidden(question.viewer)] : [:])
            for member in question.people where member != question.viewer {
                pairs.append(VisiblePresence.Pair(viewer: question.viewer, member: member))
                askers.append(index)
            }
        }
        guard !pairs.isEmpty else { return found }
        for line in try await database.query(VisiblePresence(pairs: pairs)) {
            let member = pairs[line.index].member
            found[askers[line.index]][member] = Presence(member: member, isOnline: false, lastSeen: line.lastSeen)
        }
        return found
    }
}
