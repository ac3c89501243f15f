internal import JSON

/// One sign-in of a member on a device: what a family of refresh tokens belongs to, and what a revocation ends.
enum SignIn {
    typealias ID = Identifier<SignIn>

    /// Why a sign-in ended. The number stands in the database.
    enum End: Int16, Sendable {
        case logout = 1
        /// The member signed in again on the same device.
        case replaced = 2
        /// A refresh token that had been spent came back: somebody has a copy.
        case tokenReuse = 3
        /// The member signed the device out from another one.
        case deviceRevoked = 4
        case passwordChanged = 5
    }
}

/// A phone, a browser, a program: whatever a member signs in from.
enum Device {
    typealias ID = Identifier<Device>
}

/// A member as a socket knows them once it is admitted.
struct Principal: Sendable {
    let profile: Profile
    let signIn: SignIn.ID
    let device: Device.ID
    /// When the access token expires, and the socket with it unless it brings a new one.
    let expires: Timestamp

    /// The same, called otherwise.
    func with(_ profile: Profile) -> Principal { Principal(profile: profile, signIn: signIn, device: device, expires: expires) }

    /// The same, with a token that is good until then.
    func until(_ expires: Timestamp) -> Principal { Principal(profile: profile, signIn: signIn, device: device, expires: expires) }
}
