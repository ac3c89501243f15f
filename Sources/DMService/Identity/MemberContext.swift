internal import HTTPServer
internal import JSON

/// What a handler knows of a member who is signed in. A handler that takes one cannot be reached without signing in.
struct MemberContext: RequestContext {
    static let caller: Caller = "member"

    let member: Member.ID
    let signIn: SignIn.ID
    /// When the access token expires that they came with.
    let expires: Timestamp
    /// What the request is known by, if it carries an `Idempotency-Key` and its route leaves that to ``Repetitions``.
    var keyed: KeyedRequest?
}
