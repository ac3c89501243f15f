import Postgres
import Testing

@Suite struct PostgresErrorTests {
    @Test func `an error tells an operator what happened, in words`() {
        let lost = PostgresError(.connectionLost, explanation: "connection to server at \"127.0.0.1\", port 1 failed")
        #expect("\(lost)" == "the database cannot be reached: connection to server at \"127.0.0.1\", port 1 failed")
        let refused = PostgresError(.serverRejected, sqlState: "23505", constraint: "users_username", statement: "InsertAccount")
        #expect("\(refused)" == "the database refused, SQLSTATE 23505, constraint users_username, in InsertAccount")
    }
}
