import Crypto
import Foundation
import JSON
import Observability
import Testing

@testable import DMService
@testable import HTTPServer
@testable import Postgres

/// The API's documents, and whether they are true.
@Suite(.database) struct DescriptionTests {
    private static func surface(_ node: TestService, _ settings: [String: String] = [:]) throws -> Surface {
        try Surface(node.services, TestService.configuration(settings), demo: [])
    }

    /// The routes that the document tells of.
    private static func declarations(_ node: TestService) throws -> [RouteDeclaration] {
        try surface(node).router.declarations.filter { $0.group != nil }
    }

    private static func openAPI(_ node: TestService) throws -> JSONValue {
        OpenAPIDocument(try declarations(node), limits: node.services.limits).make().json
    }

    // acceptance: C-039
    @Test func `every route of the API is told of, with all that its path names`() async throws {
        try await TestService.run(settings: ["PARLEY_LIMITS": "on"]) { nodes in
            let all = try Self.surface(nodes[0], ["PARLEY_DEMO": "on", "PARLEY_ECHO": "on"]).router.declarations
            for route in all where route.group == nil {
                #expect(["/__echo", "/api/v1/demo"].contains(route.pattern.description), "\(route.pattern) is in no group")
            }
            let document = try Self.openAPI(nodes[0])
            var operations: [String] = []
            for route in all where route.group != nil {
                let name = "\(route.method.rawValue) \(route.pattern)"
                let operation = try #require(document["paths"]?[route.pattern.description]?[route.method.rawValue.lowercased()], "\(name)")
                operations.append(try #require(operation["operationId"]?.text))
                #expect(
                    route.pathParameters.map(\.name) == route.pattern.parameterNames, "\(name): name the parameters by their declarations")
                #expect((route.pathParameters + route.query).allSatisfy { !$0.summary.isEmpty }, "\(name): a parameter says nothing")
                #expect(OpenAPIDocument.securitySchemes[route.caller] != nil, "\(name): how does its caller show who they are?")
                #expect(route.caller == .anonymous || operation["security"] != [], "\(name)")
                #expect(operation["x-rate-limit"]?["name"]?.text == route.limit?.name, "\(name)")
                for status in route.statuses { #expect(operation["responses"]?["\(status.code)"] != nil, "\(name)") }
            }
            #expect(Set(operations).count == operations.count, "two operations have one name")
            #expect(document["paths"]?["/api/v1/openapi.json"] != nil, "the document tells of itself")
        }
    }

    @Test func `whatever a document refers to stands in it`() async throws {
        try await TestService.run { nodes in
            for document in [try Self.openAPI(nodes[0]), AsyncAPIDocument(limits: nodes[0].services.limits).make().json] {
                let references = Self.references(in: document)
                #expect(references.count > 20)
                for reference in references { #expect(Self.find(reference, in: document) != nil, "\(reference)") }
            }
        }
    }

    private static func references(in value: JSONValue) -> Set<String> {
        let here = value["$ref"]?.text.map { [$0] } ?? []
        return Set(here).union(value.members.flatMap { references(in: $0.value) }).union(value.elements.flatMap { references(in: $0) })
    }

    private static func find(_ reference: String, in document: JSONValue) -> JSONValue? {
        reference.dropFirst(2).split(separator: "/").reduce(document) { value, step in value?[String(step)] }
    }

    // MARK: What is answered

    @Test func `what a route answers with is what its schema says, no more and no less`() async throws {
        try await TestService.run { nodes in
            let samples = try await Self.samples(nodes[0])
            for route in try Self.declarations(nodes[0]) {
                guard let output = route.output else { continue }
                let values = samples.filter { type(of: $0) == output }
                #expect(!values.isEmpty, "no sample of \(output), which \(route.pattern) answers with")
                var catalog = JSONSchemaCatalog(prefix: APIDocument.schemas)
                let schema = catalog.write(output.schema)
                let check = SchemaCheck(definitions: catalog.definitions)
                let written = try values.map { try JSON.decode(JSONValue.self, from: JSON.encode($0)) }
                for value in written { #expect(check.faults(value, schema) == [], "\(output)") }
                let described = check.objectSchema(schema, of: .null)["properties"]?.members.map(\.name) ?? []
                for name in described { #expect(written.contains { $0[name] != nil }, "\(output).\(name) is never written") }
            }
        }
    }

    /// Values of every type that a route answers with, among them what has members that may be left out, and what has not.
    private static func samples(_ node: TestService) async throws -> [any JSONEncodable & JSONDescribed] {
        let (ada, ben, conversation) = try await node.pair()
        let message = try await node.send("Hello", "m1", to: conversation, from: ada).message
        _ = try await node.send("Hello again", to: conversation, from: ada)
        let (accounts, receipts) = (node.services.accounts, node.services.receipts)
        let password = "correct horse battery"
        func register(_ name: String, _ email: String?) async throws -> Account {
            try await accounts.register(Registration(username: name, email: email, password: password, displayName: "Cleo")).account
        }
        let account = try await register("cleo", "cleo@example.org")
        let tokens = try await accounts.signIn(
            Credentials(name: .username("cleo"), password: password, device: nil, deviceName: "Cleo's phone"))
        let bearer = try #require(try await node.services.authentication.read(tokens.access))
        let unread = try await receipts.unread(of: ben.id)
        let standing = try await receipts.move(.read, of: ben.id, in: conversation, to: .seq(1))
        let inbox = try await node.services.database.query(ConversationsOf(member: ada.id, before: nil, limit: 10)).map(\.summary)
        let history = try await node.history(conversation, for: ada)
        return [
            account, try await register("dora", nil), tokens, try await accounts.refresh(tokens.refresh),
            Page(items: try await accounts.devices(of: account.id, seenFrom: bearer.signIn), nextCursor: nil),
            try await accounts.ticket(for: bearer.signIn, of: account.id, until: .now + .seconds(60)).ticket,
            ada, Page(items: [ada, ben], nextCursor: "abc"), Privacy(readReceipts: true),
            try await node.services.conversations.conversation(conversation, for: ada.id), Page(items: inbox, nextCursor: nil), message,
            HistoryPage(page: Page(items: history, nextCursor: "abc"), headSeq: 2), standing,
            try await receipts.status(of: message.id, in: nil, for: ada.id), unread,
            try #require(try await accounts.ownAccount(of: account.id)),
            try await node.services.sync.answer(to: ada.id, since: nil, size: .response),
            Page(items: [Presence.hidden(ada.id), Presence(member: ben.id, isOnline: false, lastSeen: .now)], nextCursor: nil),
            ProvisionedPerson(id: ada.id, externalID: "u-1", username: "ada", displayName: "Ada", createdAt: .now),
            RelationsReport(changed: 1, unchanged: 2, failures: [.init(externalID: "u-2", refusal: .unknownPerson)]),
            HealthRoutes.Report(status: "ok", checks: [:]), HealthRoutes.Report(status: "degraded", checks: ["redis": "unreachable"]),
            APIDocument(json: [:]),
        ]
    }

    // MARK: What is asked

    @Test func `what a route takes is what its schema says`() async throws {
        try await TestService.run { nodes in
            for route in try Self.declarations(nodes[0]) {
                guard let input = route.input else { continue }
                try Self.probe(input, "\(route.pattern)")
            }
        }
    }

    /// The schema's example can be read; without a required member it cannot, without another it can; and every member is looked at.
    private static func probe<Input: JSONDecodable & JSONDescribed>(_ type: Input.Type, _ name: String) throws {
        var catalog = JSONSchemaCatalog(prefix: APIDocument.schemas)
        let schema = catalog.write(type.schema)
        try probe(schema, SchemaCheck(definitions: catalog.definitions), name) { value in
            (try? JSON.decode(type, from: JSON.encode(value))) != nil
        }
        #expect(SchemaCheck(definitions: catalog.definitions).faults(type.schema.example, schema) == [], "\(name): the example")
    }

    private static func probe(_ schema: JSONValue, _ check: SchemaCheck, _ name: String, _ isReadable: (JSONValue) -> Bool) throws {
        for value in check.examples(schema) {
            #expect(isReadable(value), "\(name): \(value)")
            let object = check.objectSchema(schema, of: value)
            let required = Set((object["required"]?.elements ?? []).compactMap(\.text))
            for member in object["properties"]?.members ?? [] {
                let place = "\(name).\(member.name)"
                #expect(isReadable(value.setting(member.name, to: nil)) == !required.contains(member.name), "\(place), left out")
                #expect(isReadable(value.setting(member.name, to: .null)) == check.faults(.null, member.value).isEmpty, "\(place), null")
                if member.value != [:] { #expect(!isReadable(value.setting(member.name, to: [[]])), "\(place) is not looked at") }
            }
        }
    }

    // MARK: The socket

    @Test func `what a command takes is what its schema says`() throws {
        for kind in SocketCommand.Kind.allCases {
            var catalog = JSONSchemaCatalog(prefix: APIDocument.schemas)
            let schema = catalog.write(kind.declaration.data)
            try Self.probe(schema, SchemaCheck(definitions: catalog.definitions), kind.rawValue) { data in
                let frame: JSONValue = ["type": .string(kind.rawValue), "id": "1", "data": data]
                return (try? JSON.encode(frame).withUnsafeBytes { try SocketCommand($0) }) != nil
            }
        }
    }

    @Test func `what a frame tells is what its schema says, no more and no less`() async throws {
        try await TestService.run(settings: ["PARLEY_LIMITS": "on"]) { nodes in
            let (ada, _, conversation) = try await nodes[0].pair()
            let message = try await nodes[0].send("Hello", "m1", to: conversation, from: ada).message
            for kind in SocketFrame.Kind.allCases {
                var catalog = JSONSchemaCatalog(prefix: APIDocument.schemas)
                let schema = catalog.write(kind.declaration.data)
                let check = SchemaCheck(definitions: catalog.definitions)
                let frames = try await Self.frames(kind, message, on: nodes[0]).map {
                    try JSON.decode(JSONValue.self, from: Self.payload($0))
                }
                for frame in frames {
                    #expect(frame["type"]?.text == kind.rawValue)
                    #expect(check.faults(frame["data"] ?? .null, schema) == [], "\(kind)")
                }
                for name in check.objectSchema(schema, of: .null)["properties"]?.members.map(\.name) ?? [] {
                    #expect(frames.contains { $0["data"]?[name] != nil }, "\(kind).\(name) is never told")
                }
            }
        }
    }

    private static func frames(_ kind: SocketFrame.Kind, _ message: Message, on node: TestService) async throws -> [[UInt8]] {
        let services = node.services
        let endpoint = SocketEndpoint(
            authentication: services.authentication, messages: services.messages, receipts: services.receipts, sync: services.sync,
            presence: services.presence, delivery: services.delivery,
            limits: services.limits, metrics: SocketMetrics(MetricsRegistry()), accounts: services.accounts, origins: Origins(allowed: nil))
        let ids = UUIDv7Generator()
        let principal = Principal(
            profile: message.sender, signIn: SignIn.ID(ids.next()), device: Device.ID(ids.next()), expires: .now + .seconds(900))
        let mark = Receipt.Mark(seq: message.seq, sentAt: message.sentAt)
        func receipt(_ kind: Receipt.Kind) -> Receipt {
            Receipt(
                conversation: message.conversation, member: message.sender.id, kind: kind, read: kind == .read ? mark : nil,
                delivered: mark,
                rev: 7, at: .now)
        }
        func own(_ kind: Receipt.Kind) -> [UInt8] { ReceiptEvents.own(Standing(kind: kind, receipt: receipt(.read), ownRev: 3)) }
        let conversation = try await services.conversations.conversation(message.conversation, for: message.sender.id)
        let answer = try await services.sync.answer(to: message.sender.id, since: nil, size: .frame)
        let account = OwnAccount(
            account: Account(
                id: message.sender.id, username: "ada", email: "ada@example.org", displayName: "Ada", createdAt: .now),
            privacy: Privacy(readReceipts: true))
        return switch kind {
        case .ready: [endpoint.ready(principal)]
        case .messageAck: [MessageEvents.acknowledged(message, command: nil)]
        case .newMessage: [MessageEvents.new(message, after: 0)]
        case .readUpdate: [ReceiptEvents.moved(receipt(.read), after: 6).whole, own(.read)]
        case .deliveredUpdate: [ReceiptEvents.moved(receipt(.delivered), after: 6).whole, own(.delivered)]
        case .conversationUpdated: [SocketFrame.event(.conversationUpdated) { conversation.encode(into: &$0) }]
        case .accountUpdate: [SocketFrame.event(.accountUpdate) { account.encode(into: &$0) }]
        case .sync: [SocketFrame.answer(.sync, to: nil) { answer.encode(into: &$0) }]
        case .typing:
            [
                PresenceEvents.typing(
                    TypingNotices.News(conversation: message.conversation, member: message.sender.id, isTyping: true, hearers: []))
            ]
        case .presence: [PresenceEvents.are([Presence(member: message.sender.id, isOnline: true, lastSeen: nil)])]
        case .sessionRevoked: [SocketEndpoint.revoked]
        case .reconnect: [endpoint.reconnect()]
        case .error:
            [
                SocketFrame.error(
                    HTTPError(.tooLong, "Send at most 5 characters.", details: [("limit", 5)]), clientMessageID: "m1",
                    retryAfter: .seconds(1))
            ]
        case .pong:
            [
                SocketFrame.answer(.pong, to: nil) {
                    $0.beginObject(); $0.endObject()
                }
            ]
        }
    }

    /// What a text frame of the server holds, behind its head of 2, 4 or 10 bytes. Source: RFC 6455 §5.2.
    private static func payload(_ frame: [UInt8]) -> [UInt8] {
        Array(frame.dropFirst(frame[1] < 126 ? 2 : frame[1] == 126 ? 4 : 10))
    }

    @Test func `every command, frame and close code is told of`() async throws {
        let document = AsyncAPIDocument(limits: RateLimits(sizes: RateLimits.standard)).make().json
        for kind in SocketCommand.Kind.allCases {
            let operation = try #require(document["operations"]?["command.\(kind.rawValue)"])
            #expect(operation["action"] == "receive" && operation["x-rate-limit"]?[0]?["name"] == "ws.conn")
        }
        for kind in SocketFrame.Kind.allCases {
            #expect(document["components"]?["messages"]?["frame.\(kind.rawValue)"]?["summary"]?.text?.isEmpty == false)
            let isAnswer = SocketCommand.Kind.allCases.contains { $0.declaration.answers.contains(kind) } || kind == .error
            #expect(isAnswer || kind.declaration.isEvent, "\(kind) never comes")
        }
        let codes = Set(AsyncAPIDocument.closeCodes.map(\.code))
        for end in SocketEnd.allCases { #expect(codes.contains(Int64(end.code.rawValue)), "\(end)") }
    }

    // MARK: Limits

    // acceptance: C-004
    @Test func `every limit is told of with its numbers, and with whose it is`() async throws {
        #expect(Set(RateLimits.owners.keys) == Set(RateLimits.standard.keys))
        try await TestService.run(settings: ["PARLEY_LIMITS": "on", "PARLEY_LIMIT_SEND_USER": "7,3"]) { nodes in
            let told = try Self.openAPI(nodes[0])["x-rate-limits"]?.elements ?? []
            #expect(told.compactMap { $0["name"]?.text } == RateLimits.standard.keys.map(\.name).sorted())
            let send = try #require(told.first { $0["name"] == "send.user" })
            #expect(send["burst"] == 7.0 && send["per_second"] == 3.0)
        }
        try await TestService.run { nodes in
            let document = try Self.openAPI(nodes[0])
            #expect(document["x-rate-limits"] == [], "limits that are off are not told of")
        }
    }
}
