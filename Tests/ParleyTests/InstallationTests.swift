import DMService
import Foundation
import Testing

@testable import parley

@Suite struct InstallationTests {
    @Test func `the file of PARLEY_CONFIG names folders, though others stand beside the program`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString).conf")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("PARLEY_WEB=/named/web\nPARLEY_MIGRATIONS=/named/migrations\n".utf8).write(to: file)
        var environment = [
            "DATABASE_URL": "postgres://localhost/parley", "PARLEY_SECRET": "0123456789abcdef0123456789abcdef",
            "PARLEY_CONFIG": file.path(percentEncoded: false),
        ]
        #expect(try Command.configuration(environment).webFolder == "/named/web")
        #expect(try Command.configuration(environment).migrationsFolder == "/named/migrations")
        environment["PARLEY_WEB"] = "/process/web"
        #expect(try Command.configuration(environment).webFolder == "/process/web")
        environment["PARLEY_CONFIG"] = nil
        #expect(try Command.configuration(environment).migrationsFolder == Installation.settings["PARLEY_MIGRATIONS"] ?? "migrations")
    }
}
