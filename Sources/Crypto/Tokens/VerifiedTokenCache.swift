import Synchronization

/// Remembers tokens that were found good, by their SHA-256, so that no table here holds one that could be used.
///
/// It is cut into stripes, each under a lock of its own that is held for one look-up, so that event loops hardly ever meet. A stripe keeps
/// two generations: when the younger is full it becomes the older, and the older is forgotten. So memory is bounded, whoever is seen
/// often stays, and what has expired goes without being searched for. Whether an entry has expired is the caller's question.
final class VerifiedTokenCache: Sendable {
    private static let stripeCount = 16

    private final class Stripe: Sendable {
        let generations = Mutex(Generations())
    }

    private struct Generations {
        var younger: [SHA256.Digest: TokenClaims] = [:]
        var older: [SHA256.Digest: TokenClaims] = [:]

        mutating func insert(_ claims: TokenClaims, of digest: SHA256.Digest, limit: Int) {
            if younger.count >= limit {
                older = younger
                younger = [:]
            }
            younger[digest] = claims
        }
    }

    private let stripes = (0..<stripeCount).map { _ in Stripe() }
    private let generationLimit: Int

    /// - Parameter limit: Tokens that are remembered at most.
    init(limit: Int) {
        generationLimit = max(1, limit / (2 * Self.stripeCount))
    }

    func claims(of digest: SHA256.Digest) -> TokenClaims? {
        stripe(of: digest).generations.withLock { generations in
            if let claims = generations.younger[digest] { return claims }
            guard let claims = generations.older[digest] else { return nil }
            generations.insert(claims, of: digest, limit: generationLimit)
            return claims
        }
    }

    func insert(_ claims: TokenClaims, of digest: SHA256.Digest) {
        stripe(of: digest).generations.withLock { $0.insert(claims, of: digest, limit: generationLimit) }
    }

    /// Whether the token is remembered; does not count as seeing it.
    func holds(_ digest: SHA256.Digest) -> Bool {
        stripe(of: digest).generations.withLock { $0.younger[digest] != nil || $0.older[digest] != nil }
    }

    private func stripe(of digest: SHA256.Digest) -> Stripe {
        stripes[Int(digest.lastByte) % Self.stripeCount]
    }
}
