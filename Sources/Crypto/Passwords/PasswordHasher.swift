import Runtime

/// Hashes and checks passwords on a few threads of its own, so that a flood of logins slows nothing but logins.
public final class PasswordHasher: Sendable {
    /// How new hashes are made.
    public let parameters: Argon2id.Parameters
    private let pool: BlockingPool
    /// What is checked when there is no user: as dear as a real hash, and no password's.
    private let decoy: PasswordHash

    /// - Parameters:
    ///   - threads: Hashes computed at once. Each takes the parameters' memory meanwhile.
    ///   - queueLimit: Calls that may wait; beyond that the answer is ``PasswordHashingError/busy``.
    public init(parameters: Argon2id.Parameters = .standard, threads: Int = 2, queueLimit: Int = 64) {
        self.parameters = parameters
        pool = BlockingPool(name: "password", threads: threads, queueLimit: queueLimit)
        decoy = PasswordHash(
            parameters: parameters, salt: SecureRandom.bytes(PasswordHash.saltByteCount),
            tag: SecureRandom.bytes(PasswordHash.tagByteCount))
    }

    /// A hash of the password with a salt of its own.
    public func hash(_ password: Password) async throws(PasswordHashingError) -> PasswordHash {
        let salt = SecureRandom.bytes(PasswordHash.saltByteCount)
        let tag = try await tag(for: password, salt: salt, parameters: parameters, count: PasswordHash.tagByteCount)
        return PasswordHash(parameters: parameters, salt: salt, tag: tag)
    }

    /// Whether the password is the one that `hash` was made of.
    ///
    /// - Parameter hash: `nil` for a user that does not exist: the answer is no, and takes as long as with a hash made
    ///   under the present parameters.
    public func isCorrect(_ password: Password, for hash: PasswordHash?) async throws(PasswordHashingError) -> Bool {
        let expected = hash ?? decoy
        let tag = try await tag(for: password, salt: expected.salt, parameters: expected.parameters, count: expected.tag.count)
        return constantTimeEquals(tag, expected.tag) && hash != nil
    }

    /// Whether `hash` should be made anew, now that its password is at hand.
    public func needsRehash(_ hash: PasswordHash) -> Bool { hash.isOutdated(under: parameters) }

    private func tag(
        for password: Password, salt: [UInt8], parameters: Argon2id.Parameters, count: Int
    ) async throws(PasswordHashingError) -> [UInt8] {
        do {
            return try await pool.run { try Argon2id.tag(for: password.bytes, salt: salt, parameters: parameters, count: count) }
        } catch let error as PasswordHashingError {
            throw error
        } catch {
            throw .busy  // the pool is full, or closed because the service is going away
        }
    }
}
