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
