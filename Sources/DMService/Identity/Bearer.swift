internal import Crypto
internal import JSON

/// What a good access token proves: who sends it, under which sign-in, and for how long.
struct Bearer: Sendable, Hashable {
    let member: Member.ID
    let signIn: SignIn.ID
    let expires: Timestamp

    init(member: Member.ID, signIn: SignIn.ID, expires: Timestamp) {
        self.member = member
        self.signIn = signIn
        self.expires = expires
    }

    /// What a token of our own proves.
    init(_ claims: TokenClaims) {
        self.init(member: Member.ID(claims.subject), signIn: SignIn.ID(claims.session), expires: claims.expires)
    }
}
