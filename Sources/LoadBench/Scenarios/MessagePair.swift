internal import JSON
internal import Runtime

/// Two people, one of whom writes to the other.
///
/// `@unchecked Sendable`: confined to the loop of its lane.
final class MessagePair: MemberSocketDelegate, @unchecked Sendable {
    private unowned let lane: PairsLane
    private let conversation: BenchConversation
    private let tag = MessageTag.randomSender()
    private var ledger = DeliveryLedger()
    private var sender: MemberSocket?
    private var receiver: MemberSocket?
    private var isBroken = false

    init(_ conversation: BenchConversation, lane: PairsLane) {
        self.conversation = conversation
        self.lane = lane
    }

    func connect(_ world: BenchWorld) async throws {
        sender = try await MemberSocket.open(lane.target, as: world.people[conversation.first], on: lane.loop, delegate: self)
        receiver = try await MemberSocket.open(lane.readers, as: world.people[conversation.second], on: lane.loop, delegate: self)
    }

    /// Whether both are connected.
    var isWhole: Bool { !isBroken }

    /// Messages under way. None, when the pair has lost a socket: nothing more will come.
    var inFlight: Int { isBroken ? 0 : ledger.inFlight }

    /// Sends one message.
    ///
    /// - Parameter start: when it was due.
    func send(start: UInt64) {
        guard !isBroken else { return }
        let number = ledger.send(start: start)
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.field("type", "send_message")
        json.field("id", String(number))
        json.key("data")
        json.beginObject()
        json.field("conversation_id", conversation.id)
        json.field("content", lane.content)
        json.field("client_msg_id", MessageTag(sender: tag, number: number).text())
        json.endObject()
        json.endObject()
        sender?.send(json.finish())
    }

    func finish() {
        sender?.close()
        receiver?.close()
        lane.recorder.add(ledger.closed())
    }

    // MARK: MemberSocketDelegate

    func member(_ socket: MemberSocket, received frame: ServerFrame) {
        let now = MonotonicClock.now
        switch frame.kind {
        case .messageAck where socket === sender:
            guard let number = own(frame), let seq = frame.seq else { return lane.recorder.note(error: "unexpected message_ack") }
            guard let start = ledger.ack(number, seq: seq) else { return }
            lane.recorder.record(kind: PairsLane.acked, since: start, until: now)
            lane.advance(self)
        case .newMessage where socket === receiver:
            guard let number = own(frame), let seq = frame.seq else { return lane.recorder.note(error: "unexpected new_message") }
            guard let start = ledger.deliver(number, seq: seq) else { return }
            lane.recorder.record(kind: PairsLane.delivered, since: start, until: now)
            lane.recorder.complete(at: now)
            lane.advance(self)
        case .error:
            lane.recorder.note(error: "refused: \(frame.code ?? "without a code")")
            if let number = frame.clientMessageID.map({ $0.sender == tag ? $0.number : -1 }) ?? frame.id { ledger.refuse(number) }
            lane.retry(self, after: frame.retryAfterMilliseconds)
        default: break
        }
    }

    func memberEnded(_ socket: MemberSocket, reason: String) {
        isBroken = true
        lane.recorder.note(error: reason)
    }

    private func own(_ frame: ServerFrame) -> Int? {
        frame.clientMessageID.flatMap { $0.sender == tag ? $0.number : nil }
    }
}
