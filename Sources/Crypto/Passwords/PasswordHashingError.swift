/// Why a password was neither hashed nor checked.
public enum PasswordHashingError: Error, Equatable {
    /// As many wait as may: the answer is "try again later".
    case busy
    /// argon2 refused, mostly for want of memory. The code is libargon2's.
    case failed(code: Int32)
}
