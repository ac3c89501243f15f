internal import Crypto
internal import JSON
internal import Synchronization

/// Sign-ins that ended before their access tokens did. Asked on every request.
final class Revocations: Sendable {
    /// Each with the time when its last access token will have expired: from then on nobody need remember it.
    private let ended = Mutex<[SignIn.ID: Timestamp]>([:])
    private let tokenLifetime: Duration
    private let known = Atomic(false)

    /// - Parameter tokenLifetime: of an access token.
    init(tokenLifetime: Duration) { self.tokenLifetime = tokenLifetime }

    /// Whether the database has been asked for those that ended before this process began. Until then an access token
    /// alone proves nothing.
    var areKnown: Bool { known.load(ordering: .acquiring) }

    func becomeKnown() { known.store(true, ordering: .releasing) }

    func contains(_ signIn: SignIn.ID) -> Bool { ended.withLock { $0[signIn] != nil } }

    /// Answers whether it was news.
    @discardableResult
    func insert(_ signIn: SignIn.ID, now: Timestamp = .now) -> Bool {
        let longest = tokenLifetime + TokenVerifier.leeway + Self.margin
        let until = Timestamp(milliseconds: now.milliseconds + longest.milliseconds)
        return ended.withLock { $0.updateValue(until, forKey: signIn) == nil }
    }

    /// Forgets what no token can ask for any more.
    func removeExpired(now: Timestamp = .now) {
        ended.withLock { ended in ended = ended.filter { $0.value > now } }
    }

    /// Beyond the leeway within which an expired token is still good: this clock and the database's may differ as well.
    private static let margin = Duration.seconds(60)
}
