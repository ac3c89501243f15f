import DMService

extension DemoPerson {
    /// The two people who are there from the start in development.
    static let everyone = [
        DemoPerson(username: "ada", displayName: "Ada", password: "ada-says-hello"),
        DemoPerson(username: "ben", displayName: "Ben", password: "ben-says-hello"),
    ]
}
