internal import Runtime

/// The sockets of one loop, by member. Belongs to its loop.
final class Gateway {
    /// A socket among those of its member.
    struct Seat: Sendable {
        let session: SocketSession
        let member: Member.ID
        let device: Device.ID
        /// Sockets are admitted one after the other in the whole process: a later one has a higher number.
        let turn: UInt64
    }

    private let loop: EventLoop
    private let directory: SocketDirectory
    private var seats: [Member.ID: [Seat]] = [:]
    private var listeners: [Member.ID: [Listener]] = [:]
    /// Whether the server stops: nobody waits any more then.
    private var isClosing = false

    init(loop: EventLoop, directory: SocketDirectory) {
        self.loop = loop
        self.directory = directory
    }

    func add(_ seat: Seat) {
        seats[seat.member, default: []].append(seat)
        directory.add(seat.member, loop: loop.index)
    }

    func remove(_ session: SocketSession, of member: Member.ID) {
        guard var rest = seats[member], let position = rest.firstIndex(where: { $0.session === session }) else { return }
        rest.remove(at: position)
        seats[member] = rest.isEmpty ? nil : rest
        leaveDirectory(member)
    }

    private func leaveDirectory(_ member: Member.ID) {
        if seats[member] == nil, listeners[member] == nil { directory.remove(member, loop: loop.index) }
    }

    // MARK: Listeners

    /// Lets somebody know from here on when something is told to a member.
    func listen(for member: Member.ID) -> Listener {
        let listener = Listener(loop: loop)
        guard !isClosing else { return listener }
        listener.whenEnded = { [weak self, unowned listener] in self?.remove(listener, of: member) }
        listeners[member, default: []].append(listener)
        directory.add(member, loop: loop.index)
        return listener
    }

    private func remove(_ listener: Listener, of member: Member.ID) {
        let rest = listeners[member]?.filter { $0 !== listener } ?? []
        listeners[member] = rest.isEmpty ? nil : rest
        leaveDirectory(member)
    }

    /// Sends all who listen home, and lets nobody listen any more.
    func endListening() {
        isClosing = true
        for listener in listeners.values.joined() { listener.end() }
    }

    // MARK: Sockets

    /// A device has one socket: of those that it has here, and one that was admitted here or elsewhere, the latest stays.
    func replaceOlder(of seat: Seat) {
        for other in seats[seat.member] ?? [] where other.device == seat.device && other.turn != seat.turn {
            let older = other.turn < seat.turn ? other : seat
            if older.session.loop === loop {
                older.session.end(.replaced)
            } else {
                older.session.loop.post { older.session.end(.replaced) }
            }
        }
    }

    /// Sends a frame to every socket of a member but the one it came from.
    func send(_ frame: Frame, to member: Member.ID, except origin: SocketSession?) {
        if !listeners.isEmpty { for listener in listeners[member] ?? [] { listener.hear() } }
        guard let seats = seats[member] else { return }
        for seat in seats where seat.session !== origin { seat.session.send(frame.bytes(for: seat.session.privacy)) }
    }

    /// A member's sockets go by this from now on, and are told.
    func update(_ account: OwnAccount, telling frame: Frame) {
        for seat in seats[account.profile.id] ?? [] { seat.session.update(account) }
        send(frame, to: account.profile.id, except: nil)
    }

    /// Closes a member's sockets that were opened under a session which has been revoked.
    func revoke(_ signIn: SignIn.ID, of member: Member.ID, as reason: SocketEnd) {
        for seat in seats[member] ?? [] where seat.session.signIn == signIn { seat.session.end(reason) }
    }
}
