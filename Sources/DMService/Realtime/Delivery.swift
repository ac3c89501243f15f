internal import Runtime

/// Brings frames to sockets, on whatever loop they are.
struct Delivery: Sendable {
    let directory: SocketDirectory
    let gateways: LoopLocal<Gateway>
    let loops: [EventLoop]

    init(group: EventLoopGroup) async throws {
        let directory = SocketDirectory()
        self.directory = directory
        loops = group.loops
        gateways = try await LoopLocal(group) { loop in Gateway(loop: loop, directory: directory) }
    }

    /// Sends what a fan-out gathered: here at once, and one letter to each other loop, however many readers it has.
    func send(_ fanout: consuming Fanout) {
        let here = EventLoop.current?.index
        for (index, parcels) in fanout.parcels.enumerated() where !parcels.isEmpty {
            if index == here {
                hand(parcels, to: gateways.current)
            } else {
                let gateways = gateways
                loops[index].post { Self.hand(parcels, to: gateways.current) }
            }
        }
    }

    private func hand(_ parcels: [Fanout.Parcel], to gateway: Gateway) { Self.hand(parcels, to: gateway) }

    private static func hand(_ parcels: [Fanout.Parcel], to gateway: Gateway) {
        for parcel in parcels {
            switch parcel.address {
            case .sender(let session): session.answer(parcel.frame.whole)
            case .member(let member, let origin): gateway.send(parcel.frame, to: member, except: origin)
            }
        }
    }

    /// Lets a socket of this loop hear of everything from here on, and ends an older one of the same device, wherever it is.
    func admit(_ session: SocketSession, of member: Member.ID, on device: Device.ID) {
        let seat = Gateway.Seat(session: session, member: member, device: device, turn: directory.nextTurn())
        gateways.current.add(seat)
        // Each of two that come at once is in the directory before it looks there: at least one of them finds the other.
        tell(loopsOf: member) { $0.replaceOlder(of: seat) }
    }

    /// Lets somebody on this loop know when something is told to a member.
    func listen(for member: Member.ID) -> Listener { gateways.current.listen(for: member) }

    /// Sends all listeners home: the server stops.
    func endListening() {
        for loop in loops {
            let gateways = gateways
            loop.post { gateways.current.endListening() }
        }
    }

    /// Closes the sockets of a sign-in that has ended, wherever they are.
    func revoke(_ signIn: SignIn.ID, of member: Member.ID, as reason: SocketEnd = .revoked) {
        tell(loopsOf: member) { $0.revoke(signIn, of: member, as: reason) }
    }

    /// Whether a member has a socket here, or somebody waits for what they are told.
    func reaches(_ member: Member.ID) -> Bool { directory.loops(of: member) != 0 }

    /// Sends a frame to all sockets of a member.
    func tell(_ member: Member.ID, _ frame: [UInt8]) {
        let frame = Frame(whole: frame)
        tell(loopsOf: member) { $0.send(frame, to: member, except: nil) }
    }

    /// A member's account changed: their sockets go by that from now on, wherever they are, and are told.
    func update(_ account: OwnAccount) {
        let frame = Frame(whole: SocketFrame.event(.accountUpdate) { account.encode(into: &$0) })
        tell(loopsOf: account.profile.id) { $0.update(account, telling: frame) }
    }

    /// Calls `body` on each loop where the member has sockets.
    private func tell(loopsOf member: Member.ID, _ body: @escaping @Sendable (Gateway) -> Void) {
        let members = directory.loops(of: member)
        for loop in loops where members & 1 << UInt64(loop.index) != 0 {
            let gateways = gateways
            loop.post { body(gateways.current) }
        }
    }
}

/// An event as most of its readers get it, and as it is for those who may see less. All readers share the bytes.
struct Frame: Sendable {
    let whole: [UInt8]
    /// For members who do not tell what they read, and are not told; `nil` where that makes no difference.
    var withoutReads: [UInt8]?

    func bytes(for privacy: Privacy) -> [UInt8] {
        guard let withoutReads, !privacy.readReceipts else { return whole }
        return withoutReads
    }
}

/// Frames and whom they are for, gathered so that each loop is told once for a whole batch.
struct Fanout {
    struct Parcel: Sendable {
        enum Address: Sendable {
            /// The socket that a message came from.
            case sender(SocketSession)
            case member(Member.ID, except: SocketSession?)
        }

        let frame: Frame
        let address: Address
    }

    fileprivate(set) var parcels: [[Parcel]]
    private let directory: SocketDirectory

    init(_ delivery: Delivery) {
        parcels = Array(repeating: [], count: delivery.loops.count)
        directory = delivery.directory
    }

    /// The answer to a message that came from a socket. It gets exactly one for each.
    mutating func add(_ frame: [UInt8], to session: SocketSession) {
        parcels[session.loop.index].append(Parcel(frame: Frame(whole: frame), address: .sender(session)))
    }

    /// To all sockets of a member but the one it came from.
    mutating func add(_ frame: Frame, to member: Member.ID, except origin: SocketSession?) {
        var loops = directory.loops(of: member)
        while loops != 0 {
            parcels[loops.trailingZeroBitCount].append(Parcel(frame: frame, address: .member(member, except: origin)))
            loops &= loops - 1
        }
    }
}
