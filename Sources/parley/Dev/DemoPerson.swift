/// The two people who are there from the start in development, so that two windows can talk at once.
struct DemoPerson {
    let username: String
    let displayName: String
    let password: String

    static let everyone = [
        DemoPerson(username: "ada", displayName: "Ada", password: "ada-says-hello"),
        DemoPerson(username: "ben", displayName: "Ben", password: "ben-says-hello"),
    ]
}
