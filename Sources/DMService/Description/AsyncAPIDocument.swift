internal import HTTPServer
internal import JSON

/// The socket as AsyncAPI 3.0 describes it, from where the service stands: it receives commands and sends frames.
///
/// Beyond the standard: `x-rate-limit`, what a command spends; `x-close-codes`, why a socket is closed.
struct AsyncAPIDocument {
    private let limits: RateLimits
    private var schemas = JSONSchemaCatalog(prefix: APIDocument.schemas)

    init(limits: RateLimits) { self.limits = limits }

    private static let channel: JSONValue = ["$ref": "#/channels/socket"]

    func make() -> APIDocument {
        var document = self
        let messages = document.messages()
        let operations = document.operations()
        return APIDocument(json: [
            "asyncapi": "3.0.0",
            "info": [
                "title": "Parley, the socket", "version": .string(APIDocument.version),
                "description":
                    "One WebSocket per device. Frames are text, at most 64 KiB of JSON; an answer repeats the `id` of its command.",
            ],
            "defaultContentType": "application/json",
            "servers": [
                "here": [
                    "host": "{host}", "protocol": "wss", "description": "This service.",
                    "variables": ["host": ["default": "localhost:8080", "description": "Where the service is; `ws` without TLS."]],
                ]
            ],
            "channels": [
                "socket": [
                    "address": "/ws", "title": "The socket",
                    "description": .string(
                        "Sub-protocol `\(SocketEndpoint.subprotocol)`. The access token comes as `Authorization: Bearer`, as the "
                            + "sub-protocols `bearer, <token>`, within 10 s as the first frame, or a one-time ticket as `?ticket=`."),
                    "messages": .object(each: Self.names) { ($0, ["$ref": .string("#/components/messages/\($0)")]) },
                    "bindings": ["ws": ["method": "GET", "bindingVersion": "0.1.0"]],
                    "x-close-codes": .array(
                        Self.closeCodes.map { ["code": .integer($0.code), "why": .string($0.why), "remedy": .string($0.remedy)] }),
                ]
            ],
            "operations": operations,
            "components": ["messages": messages, "schemas": document.schemas.definitions],
        ])
    }

    /// Commands and frames stand side by side: a few of both have one name.
    private static let names = SocketCommand.Kind.allCases.map(\.messageName) + SocketFrame.Kind.allCases.map(\.messageName)

    private mutating func messages() -> JSONValue {
        var messages: [JSONValue.Member] = []
        for kind in SocketCommand.Kind.allCases {
            let declaration = kind.declaration
            let written = message(kind.rawValue, declaration.summary, declaration.data, idIs: "The answer repeats it.", showsID: true)
            messages.append(.init(name: kind.messageName, value: written))
        }
        for kind in SocketFrame.Kind.allCases {
            let declaration = kind.declaration
            let written = message(
                kind.rawValue, declaration.summary, declaration.data, idIs: "Of the command that it answers.", showsID: !declaration.isEvent
            )
            messages.append(.init(name: kind.messageName, value: written))
        }
        return .object(messages)
    }

    /// - Parameter showsID: whether the example has one.
    private mutating func message(
        _ type: String, _ summary: String, _ data: JSONSchema, idIs idSummary: String, showsID: Bool
    ) -> JSONValue {
        let id = JSONSchema.oneOf([.string(0...126, example: "1"), .number(example: 1)])
        let frame = JSONSchema.object([.required("type", .word(type)), .optional("id", id, idSummary), .required("data", data)])
        let example = frame.example
        return [
            "name": .string(type), "title": .string(type), "summary": .string(summary), "payload": schemas.write(frame),
            "examples": [["payload": showsID ? example : example.without("id")]],
        ]
    }

    private func operations() -> JSONValue {
        var operations: [JSONValue.Member] = []
        for kind in SocketCommand.Kind.allCases {
            let declaration = kind.declaration
            let answers = (declaration.answers + [.error]).map { Self.reference(to: $0.messageName) }
            var spent = [LimitName.socketFrames]
            if let limit = declaration.limit { spent.append(limit) }
            operations.append(
                .init(
                    name: kind.messageName,
                    value: [
                        "action": "receive", "channel": Self.channel, "summary": .string(declaration.summary),
                        "messages": [Self.reference(to: kind.messageName)],
                        "reply": ["channel": Self.channel, "messages": .array(answers)],
                        "x-rate-limit": .array(spent.compactMap { limits.description(of: $0) }),
                    ]))
        }
        for kind in SocketFrame.Kind.allCases where kind.declaration.isEvent {
            operations.append(
                .init(
                    name: kind.messageName,
                    value: [
                        "action": "send", "channel": Self.channel, "summary": .string(kind.declaration.summary),
                        "messages": [Self.reference(to: kind.messageName)],
                    ]))
        }
        return .object(operations)
    }

    private static func reference(to message: String) -> JSONValue { ["$ref": .string("#/channels/socket/messages/\(message)")] }

    /// Why a socket is closed, by whoever closes it: the service (``SocketEnd``) or the protocol beneath. Source: SPEC §1.
    static let closeCodes: [(code: Int64, why: String, remedy: String)] = [
        (1002, "A frame breaks the rules of RFC 6455.", "Mend the client."), (1003, "A binary frame.", "Mend the client."),
        (1007, "Not UTF-8.", "Mend the client."), (1008, "More than 10 pings in a second.", "Mend the client."),
        (1009, "Too large, or in too many pieces.", "Mend the client."),
        (1012, "Restart.", "Connect again, after a random pause."), (1013, "Try later.", "Connect again, after a random pause."),
        (4001, "Not authenticated, or signed out.", "Sign in."), (4003, "Not a frame of this protocol.", "Mend the client."),
        (4008, "Too many frames came too fast.", "Slow down."),
        (4009, "The access token expired.", "Refresh it, connect again."),
        (4010, "1 MiB behind in reading.", "Connect again, and catch up."),
        (4011, "The same device connected or signed in again.", "Leave it to the newer one."),
    ]
}

extension SocketCommand.Kind {
    fileprivate var messageName: String { "command.\(rawValue)" }
}

extension SocketFrame.Kind {
    fileprivate var messageName: String { "frame.\(rawValue)" }
}
