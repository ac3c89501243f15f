import Foundation
import Testing

@testable import HTTPServer

/// A folder that is gone when the test is over.
private final class Folder {
    let path: String

    init(_ files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        for (name, text) in files {
            let url = URL(fileURLWithPath: path + "/" + name)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct StaticFilesTests {
    private static let page = "<!doctype html>" + String(repeating: "<p>Parley</p>", count: 200)

    private func serve(_ files: [String: String], _ body: (TestServer) async throws -> Void) async throws {
        let folder = try Folder(files)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link.txt", withDestinationPath: "/etc/hostname")
        var router = Router()
        let files = try StaticFiles(folder: folder.path)
        router.mount(files.routes(headers: [HeaderField(.referrerPolicy, "no-referrer")]))
        router.mount([Route(.get, "/health/live", "Lives.") { _, _ in .text(200, "live") }])
        try await TestServer.run(router) { try await body($0) }
    }

    @Test func `files are served with their types, and a folder by its page`() async throws {
        try await serve(["index.html": Self.page, "app.js": "let a = 1", "img/logo.svg": "<svg/>", "img/index.html": "img", "odd.xyz": "?"])
        { server in
            let client = try server.client()
            for (path, type, body) in [
                ("/", "text/html; charset=utf-8", Self.page), ("/index.html", "text/html; charset=utf-8", Self.page),
                ("/app.js", "text/javascript; charset=utf-8", "let a = 1"), ("/img/logo.svg", "image/svg+xml", "<svg/>"),
                ("/img/", "text/html; charset=utf-8", "img"), ("/img", "text/html; charset=utf-8", "img"),
                ("/odd.xyz", "application/octet-stream", "?"),
                ("/health/live", "text/plain; charset=utf-8", "live"),
            ] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try await client.answer()
                #expect(answer.status == 200 && answer.body == body && answer.fields["content-type"] == type, "\(path)")
                #expect(answer.fields["x-content-type-options"] == "nosniff", "\(path)")
                if path != "/health/live" {
                    #expect(answer.fields["cache-control"] == "no-cache" && answer.fields["referrer-policy"] == "no-referrer")
                }
            }
        }
    }

    @Test func `nothing outside of the folder has a name`() async throws {
        try await serve(["index.html": "page", ".env": "secret", "sub/.git/config": "secret"]) { server in
            let client = try server.client()
            for path in [
                "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/sub/../index.html", "/.env",
                "/sub/.git/config", "/link.txt", "//etc/passwd",
                "/index.html/", "/index.html%00", "/./index.html", "/etc/passwd", "/sub", "/INDEX.HTML",
            ] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.answer().status == 404, "\(path)")
            }
        }
    }

    @Test func `a client that has a file is spared it`() async throws {
        try await serve(["index.html": Self.page]) { server in
            let client = try server.client()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let tag = try #require(try await client.answer().fields["etag"])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && !tag.hasPrefix("W/"))
            for (value, status) in [
                (tag, 304), ("W/\(tag)", 304), ("\"x\", \(tag)", 304), ("*", 304), ("\"x\"", 200), ("x", 200),
                (String(tag.dropLast()), 200),
            ] {
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(value)\r\n\r\n")
                let answer = try await client.answer()
                #expect(answer.status == status && answer.fields["etag"] == tag, "\(value)")
            }
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer(toHead: true).fields["content-length"] == "\(Self.page.utf8.count)")
        }
    }

    @Test(arguments: [
        ("gzip", true), ("gzip, deflate, br", true), ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("*", true), ("GZIP", true), ("x-gzip", true),
        ("gzip;q=1", true),
        ("gzip;q=0.001", true), ("", false), ("identity", false), ("br", false), ("gzip;q=0", false), ("gzip;q=0.000", false),
        ("*;q=0", false), ("gzip;q=0, *", false),
        ("gzip;q=2", false), ("gzip;q=x", false), ("gzip;x=1", false), ("gzip;q=1.5", false), ("gzip ; q=0.5", true), ("gzipped", false),
    ]) func `gzip goes to those who take it`(accepted: String, isCompressed: Bool) throws {
        let head = try #require(RequestTranscript("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: \(accepted)\r\n\r\n").heads.first)
        let response = StaticFile(name: "a.html", bytes: Array(Self.page.utf8)).response(to: head, [])
        #expect(response.headers.contains(HeaderField(.contentEncoding, "gzip")) == isCompressed)
        #expect(response.headers.contains(HeaderField(.vary, "Accept-Encoding")))
        guard case .bytes(let bytes) = response.body else {
            Issue.record("a file without bytes")
            return
        }
        #expect((bytes.count < 400) == isCompressed)
    }

    @Test func `both forms of a file have tags of their own, and pictures have one form`() throws {
        func tag(_ name: String, _ fields: String) throws -> HeaderValue? {
            let head = try #require(RequestTranscript("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").heads.first)
            return StaticFile(name: name, bytes: Array(Self.page.utf8)).response(to: head, []).headers.first { $0.name == .eTag }?.value
        }
        #expect(try tag("a.html", "") != tag("a.html", "Accept-Encoding: gzip\r\n"))
        #expect(try tag("a.png", "") == tag("a.png", "Accept-Encoding: gzip\r\n"))
    }

    @Test func `a folder that is missing or too large is an error at start`() throws {
        #expect(throws: StaticFilesError(code: .unreadable, path: "/nowhere")) { try StaticFiles(folder: "/nowhere") }
        let folder = try Folder(["a.txt": "12345"])
        #expect(throws: StaticFilesError(code: .tooLarge, path: folder.path + "/a.txt")) { try StaticFiles(folder: folder.path, limit: 4) }
    }
}
