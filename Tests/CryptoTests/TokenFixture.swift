import JSON
import Testing

@testable import Crypto

/// A signer, a verifier and a clock that belong together, and the means to forge.
struct TokenFixture {
    static let secret = ServerSecretFixture.secret(1)

    let clock = ManualClock(milliseconds: 1_795_187_045_678)
    let keys: TokenKeyRing
    let signer: TokenSigner
    let verifier: TokenVerifier
    let subject = UniqueID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)
    let session = UniqueID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0002)

    init(active: ServerSecret = secret, previous: [ServerSecret] = []) throws {
        let clock = clock
        keys = try #require(TokenKeyRing(active: active, previous: previous))
        signer = TokenSigner(keys: keys, issuer: "parley", audience: "parley-api", clock: { clock.now })
        verifier = TokenVerifier(keys: keys, issuer: "parley", audience: "parley-api", clock: { clock.now })
    }

    var token: String { signer.sign(subject: subject, session: session) }

    /// The header that our tokens have.
    var header: String { #"{"alg":"EdDSA","kid":"\#(keys.active.id)","typ":"at+jwt"}"# }

    /// Claims that are accepted. `changing` replaces members, each given as JSON; an empty one leaves the member out.
    func claims(changing changes: [String: String] = [:]) -> String {
        let second = clock.now.milliseconds / 1000
        var members = [
            "iss": #""parley""#, "aud": #""parley-api""#, "sub": "\"\(subject)\"", "sid": "\"\(session)\"", "iat": "\(second)",
            "nbf": "\(second)", "exp": "\(second + 900)",
        ]
        members.merge(changes) { _, new in new }
        return "{" + members.filter { !$0.value.isEmpty }.map { "\"\($0.key)\":\($0.value)" }.sorted().joined(separator: ",") + "}"
    }

    /// A token of any header and claims, with a signature that is genuine, so that nothing but the rule in question can refuse it.
    func forge(header: String? = nil, claims: String? = nil) -> String {
        let signed = base64(header ?? self.header) + "." + base64(claims ?? self.claims())
        return signed + "." + Base64.url.encode(keys.active.privateKey.signature(for: Array(signed.utf8)))
    }

    func base64(_ text: String) -> String { Base64.url.encode(Array(text.utf8)) }

    /// Why a token is refused, or `nil` if it is not.
    func refusal(of token: String) -> TokenRefusal? {
        do throws(TokenRefusal) {
            _ = try verifier.verify(token)
            return nil
        } catch {
            return error
        }
    }
}

enum ServerSecretFixture {
    static func secret(_ byte: UInt8) -> ServerSecret {
        guard let secret = ServerSecret([UInt8](repeating: byte, count: 32)) else { preconditionFailure("32 bytes are enough") }
        return secret
    }
}
