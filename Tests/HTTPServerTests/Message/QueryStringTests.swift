import Testing

@testable import HTTPServer

@Suite struct QueryStringTests {
    @Test(arguments: [
        ("limit=50", QueryString.Finding.found("50")), ("a=1&limit=2&b=3", .found("2")), ("limit=", .found("")), ("limit", .found("")),
        ("limit=a+b%20c%2B", .found("a b c+")), ("l%69mit=7", .found("7")), ("limit=a=b", .found("a=b")), ("limit=%C3%A9", .found("é")),
        ("", .absent),
        ("a=limit", .absent), ("limits=1", .absent), ("&&", .absent), ("limit=1&limit=1", .unreadable), ("limit=1&limit=2", .unreadable),
        ("limit=%", .unreadable),
        ("limit=%C3", .unreadable), ("limit=%00", .unreadable), ("limit=%0a", .unreadable), ("%=x&limit=1", .found("1")),
    ]) func `a parameter is found, or is not, or cannot be read`(query: String, expected: QueryString.Finding) {
        #expect(QueryString.find("limit", in: Array(query.utf8)[...]) == expected)
    }
}
