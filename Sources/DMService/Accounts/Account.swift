internal import Crypto
internal import JSON

/// A member's own account, as they see it.
struct Account: Sendable, JSONEncodable {
    let id: Member.ID
    let username: String
    let email: String?
    let displayName: String
    let createdAt: Timestamp

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        encodeFields(into: &json)
        json.endObject()
    }

    /// The members of the object alone, for what says more.
    fileprivate func encodeFields(into json: inout JSONWriter) {
        json.field("id", id)
        json.field("username", username)
        json.field("email", ifPresent: email)
        json.field("display_name", displayName)
        json.field("created_at", createdAt)
    }
}

/// The same, and what its owner lets others see.
struct OwnAccount: Sendable, JSONEncodable {
    let account: Account
    let privacy: Privacy

    var profile: Profile { Profile(id: account.id, username: account.username, displayName: account.displayName) }

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        account.encodeFields(into: &json)
        json.field("privacy", privacy)
        json.endObject()
    }
}

extension Account: JSONDescribed {
    static var schema: JSONSchema { .object(members).named("Account") }

    fileprivate static var members: [JSONSchema.Member] {
        [
            .required("id", Member.ID.schema), .required("username", Username.schema), .optional("email", EmailAddress.schema),
            .required("display_name", .displayName), .required("created_at", Timestamp.schema),
        ]
    }
}

extension OwnAccount: JSONDescribed {
    static var schema: JSONSchema { .object(Account.members + [.required("privacy", Privacy.schema)]).named("OwnAccount") }
}

/// `PATCH /users/me`: what is to change.
struct AccountChange: JSONDecodable {
    let displayName: String?

    init(from json: inout JSONReader) throws(JSONError) {
        var displayName: String?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "display_name": displayName = try json.string()
            default: try json.skip()
            }
        }
        self.displayName = displayName
    }
}

extension AccountChange: JSONDescribed {
    static var schema: JSONSchema { .object([.optional("display_name", .displayName)]) }
}

/// A pair of tokens: a short one for every request, a long one that is good for one new pair.
struct TokenPair: Sendable, JSONEncodable {
    let access: String
    let refresh: String
    /// Of the access token.
    let lifetime: Duration
    /// The device signed in from; a refresh leaves it out.
    let device: Device.ID?

    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("access", access)
        json.field("refresh", refresh)
        json.field("expires_in", lifetime.components.seconds)
        json.field("device_id", ifPresent: device)
        json.endObject()
    }
}

extension TokenPair: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("access", .string(example: "eyJhbGciOiJFZERTQSJ9…"), "Send it as `Authorization: Bearer`."),
            .required("refresh", RefreshRequest.token, "Good for one new pair."),
            .required("expires_in", .integer(from: 1, example: 900), "Seconds that the access token lives."),
            .optional("device_id", Device.ID.schema, "After signing in. Keep it, and send it with the next sign-in from this device."),
        ]).named("Tokens")
    }
}

/// `POST /auth/register`.
struct Registration: JSONDecodable {
    let username: String
    let email: String?
    let password: String
    let displayName: String?
}

extension Registration {
    init(from json: inout JSONReader) throws(JSONError) {
        var username: String?
        var email: String?
        var password: String?
        var displayName: String?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "username": username = try json.string()
            case "email": email = try json.decode()
            case "password": password = try json.string()
            case "display_name": displayName = try json.decode()
            default: try json.skip()
            }
        }
        self.username = try json.required("username", username)
        self.email = email
        self.password = try json.required("password", password)
        self.displayName = displayName
    }
}

extension Registration: JSONDescribed {
    static var schema: JSONSchema {
        .object([
            .required("username", Username.schema, "Case does not matter."), .required("password", .newPassword),
            .optional("email", EmailAddress.schema.orNull, "One may sign in by it."), .optional("display_name", .displayName.orNull),
        ]).named("Registration")
    }
}

/// `POST /auth/login`: by username or by e-mail address.
struct Credentials: JSONDecodable {
    enum Name: Sendable {
        case username(String)
        case email(String)
    }

    let name: Name
    let password: String
    /// A device that the member has signed in from before.
    let device: Device.ID?
    /// What the member knows it by.
    let deviceName: String?
}

extension Credentials {
    init(from json: inout JSONReader) throws(JSONError) {
        var username: String?
        var email: String?
        var password: String?
        var device: Device.ID?
        var deviceName: String?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "username": username = try json.decode()
            case "email": email = try json.decode()
            case "password": password = try json.string()
            case "device_id": device = try json.decode()
            case "device_name": deviceName = try json.decode()
            default: try json.skip()
            }
        }
        if let email { name = .email(email) } else { name = .username(try json.required("username", username)) }
        self.password = try json.required("password", password)
        self.device = device
        self.deviceName = deviceName
    }
}

extension Credentials: JSONDescribed {
    static var schema: JSONSchema {
        let members: [JSONSchema.Member] = [
            .required("password", .password),
            .optional("device_id", Device.ID.schema.orNull, "A device that one has signed in from before."),
            .optional("device_name", .string(1...64, example: "Ada's phone").orNull, "What one knows the device by."),
        ]
        return .oneOf([
            .object([.required("username", .string(example: "ada"))] + members),
            .object([.required("email", .string(example: "ada@example.org"))] + members),
        ]).named("Credentials")
    }
}

/// `POST /auth/refresh`, and `POST /auth/logout`, where it may be left out.
struct RefreshRequest: JSONDecodable {
    let refresh: String?

    init(from json: inout JSONReader) throws(JSONError) {
        var refresh: String?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "refresh": refresh = try json.decode()
            default: try json.skip()
            }
        }
        self.refresh = refresh
    }
}

extension RefreshRequest: JSONDescribed {
    fileprivate static let token = JSONSchema.string(example: "cmVmcmVzaCB0b2tlbiwgdGhpcnR5LXR3byBieXRlcyE")

    static var schema: JSONSchema { .object([.optional("refresh", token.orNull)]) }
}

extension JSONSchema {
    static let displayName = JSONSchema.string(1...AccountActions.longestDisplayName, example: "Ada Lovelace")
    static let password = JSONSchema.string(example: "correct horse battery staple")
    /// One that is chosen.
    static let newPassword = JSONSchema.string(Password.lengths, example: "correct horse battery staple")
}
