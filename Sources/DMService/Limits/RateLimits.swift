internal import Crypto
internal import HTTPServer
internal import JSON
internal import Runtime
internal import Networking
internal import Synchronization

extension LimitName {
    static let httpUser: LimitName = "http.user"
    static let sendUser: LimitName = "send.user"
    static let search: LimitName = "search.user"
    static let follow: LimitName = "follow.user"
    static let provisioning: LimitName = "admin.key"
    static let presence: LimitName = "presence.user"
    static let register: LimitName = "register.ip"
    static let login: LimitName = "login.ip"
    static let loginName: LimitName = "login.user"
    static let refresh: LimitName = "refresh.ip"
    static let failedAuthentication: LimitName = "auth.ip"
    static let socketConnect: LimitName = "ws.connect.ip"
    static let socketFrames: LimitName = "ws.conn"
}

/// The named limits of the service, counted in memory: one bucket for each limit and each person or address.
final class RateLimits: Sendable {
    /// What each limit allows unless configuration says otherwise. Source: ACCEPTANCE C3.
    static let standard: [LimitName: TokenBucket.Size] = [
        .httpUser: TokenBucket.Size(burst: 100, perSecond: 100.0 / 60),
        .sendUser: TokenBucket.Size(burst: 40, perSecond: 2),
        .search: TokenBucket.Size(burst: 20, perSecond: 0.5),
        .follow: TokenBucket.Size(burst: 60, perSecond: 0.5),
        .provisioning: TokenBucket.Size(burst: 500, perSecond: 100),
        .presence: TokenBucket.Size(burst: 30, perSecond: 2),
        .register: TokenBucket.Size(burst: 30, perSecond: 0.5),
        .login: TokenBucket.Size(burst: 30, perSecond: 0.5),
        .loginName: TokenBucket.Size(burst: 10, perSecond: 0.1),
        .refresh: TokenBucket.Size(burst: 60, perSecond: 1),
        .failedAuthentication: TokenBucket.Size(burst: 100, perSecond: 10),
        .socketConnect: TokenBucket.Size(burst: 20, perSecond: 20.0 / 60),
        .socketFrames: TokenBucket.Size(burst: 40, perSecond: 20),
    ]

    /// Whose each limit is, for the API description.
    static let owners: [LimitName: String] = [
        .httpUser: "a member, REST", .sendUser: "a member, messages by REST and socket", .search: "a member, searches",
        .follow: "a member, follows", .presence: "a member, questions who is there", .provisioning: "an API key",
        .register: "an address (IPv6: a /64), new accounts",
        .login: "an address, sign-ins",
        .loginName: "a name that somebody signs in with, whether or not there is such an account", .refresh: "an address, refreshed tokens",
        .failedAuthentication: "an address, forged access tokens", .socketConnect: "an address, new sockets",
        .socketFrames: "a socket, frames",
    ]

    /// Whom a bucket belongs to.
    enum Subject: Hashable, Sendable {
        case member(Member.ID)
        /// What one customer of the net holds.
        case network(SocketAddress)
        /// An API key, by its name.
        case key(String)
        /// The name that somebody signs in with, folded, whether or not anybody has it. Its hash: a name may be long.
        case name(SHA256.Digest)
    }

    struct Verdict: Sendable, Equatable {
        let size: TokenBucket.Size
        let remaining: Int
        let secondsUntilFull: Int
        /// How long to wait; `nil` when a permit was taken.
        let wait: Duration?
    }

    private struct Key: Hashable, Sendable {
        let limit: LimitName
        let subject: Subject
    }

    private final class Stripe: Sendable {
        let buckets = Mutex<[Key: TokenBucket]>([:])
    }

    /// Buckets of a stripe, beyond which full ones are forgotten.
    private static let stripeLimit = 4096
    private let stripes: [Stripe] = (0..<64).map { _ in Stripe() }
    /// Empty when limits are off.
    private let sizes: [LimitName: TokenBucket.Size]
    private let clock: @Sendable () -> UInt64
    /// The limits that are in force, in the order of their names.
    let inForce: [(name: LimitName, size: TokenBucket.Size)]

    /// - Parameters:
    ///   - sizes: of the limits that are in force.
    ///   - clock: milliseconds of a monotonic clock.
    init(sizes: [LimitName: TokenBucket.Size], clock: @escaping @Sendable () -> UInt64 = { MonotonicClock.now / 1_000_000 }) {
        self.sizes = sizes
        self.clock = clock
        inForce = sizes.map { ($0.key, $0.value) }.sorted { $0.name.name < $1.name.name }
    }

    /// Takes a permit. `nil` when there is no such limit.
    func take(_ limit: LimitName, for subject: Subject) -> Verdict? {
        guard let size = sizes[limit] else { return nil }
        let key = Key(limit: limit, subject: subject)
        let now = clock()
        return stripe(of: key).buckets.withLock { buckets in
            if buckets.count >= Self.stripeLimit { forgetFull(&buckets, now) }
            var bucket = buckets[key] ?? TokenBucket(size, now: now)
            let wait = bucket.take(size, now: now)
            buckets[key] = bucket
            return Verdict(size: size, remaining: bucket.remaining, secondsUntilFull: bucket.secondsUntilFull(size), wait: wait)
        }
    }

    /// The verdict on somebody who has no permit left; `nil` for everybody else. Takes none.
    func refusal(_ limit: LimitName, for subject: Subject) -> Verdict? {
        guard let size = sizes[limit] else { return nil }
        let key = Key(limit: limit, subject: subject)
        guard var bucket = stripe(of: key).buckets.withLock({ $0[key] }), let wait = bucket.take(size, now: clock()) else { return nil }
        return Verdict(size: size, remaining: 0, secondsUntilFull: bucket.secondsUntilFull(size), wait: wait)
    }

    private func stripe(of key: Key) -> Stripe { stripes[Int(UInt(bitPattern: key.hashValue) % UInt(stripes.count))] }

    /// How many buckets are remembered.
    var bucketCount: Int { stripes.reduce(0) { $0 + $1.buckets.withLock(\.count) } }

    private func forgetFull(_ buckets: inout [Key: TokenBucket], _ now: UInt64) {
        buckets = buckets.filter { key, bucket in
            guard let size = sizes[key.limit] else { return false }
            var bucket = bucket
            return !bucket.isFull(size, now: now)
        }
    }

    /// One message of a member, whichever way it comes. Answers how long to wait, if it may not be sent now.
    func takeSend(_ member: Member.ID) -> Duration? { take(.sendUser, for: .member(member))?.wait }

    func socketPace() -> SocketPace { SocketPace(sizes[.socketFrames]) }

    /// The limits as `ready` tells them: the two that a socket meets, and all by name.
    func encodeSocketLimits(into json: inout JSONWriter) {
        json.field("frames", ifPresent: sizes[.socketFrames])
        json.field("messages", ifPresent: sizes[.sendUser])
        json.field("presence", ifPresent: sizes[.presence])
        guard !inForce.isEmpty else { return }
        json.key("rates")
        json.beginObject()
        for limit in inForce {
            json.key(limit.name.name)
            limit.size.encode(into: &json)
        }
        json.endObject()
    }

    /// What ``encodeSocketLimits(into:)`` writes.
    static var socketMembers: [JSONSchema.Member] {
        [
            .optional("frames", TokenBucket.Size.schema, "How fast one socket may talk: `ws.conn`."),
            .optional("messages", TokenBucket.Size.schema, "How fast one may send, by socket and REST: `send.user`."),
            .optional("presence", TokenBucket.Size.schema, "How often one may ask who is there: `presence.user`."),
            .optional(
                "rates", .dictionary(of: TokenBucket.Size.schema, example: "send.user"), "All limits that are in force, by name."),
        ]
    }
}
