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

    init(loop: EventLoop, directory: SocketDirectory) {
        self.loop = loop
        self.directory = directory
    }

    func add(_ seat: Seat) {
        if seats[seat.member] == nil { directory.add(seat.member, loop: loop.index) }
        seats[seat.member, default: []].append(seat)
    }

    func remove(_ session: SocketSession, of member: Member.ID) {
        guard var rest = seats[member], let position = rest.firstIndex(where: { $0.session === session }) else { return }
        rest.remove(at: position)
        if rest.isEmpty {
            seats[member] = nil
            directory.remove(member, loop: loop.index)
        } else {
            seats[member] = rest
        }
    }

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
        guard let seats = seats[member] else { return }
        for seat in seats where seat.session !== origin { seat.session.send(frame.bytes(for: seat.session.privacy)) }
    }

    /// Tells a member's sockets what is shown to them from now on.
    func set(_ privacy: Privacy, of member: Member.ID) {
        for seat in seats[member] ?? [] { seat.session.privacy = privacy }
    }

    /// Closes a member's sockets that were opened under a session which has been revoked.
    func revoke(_ signIn: SignIn.ID, of member: Member.ID, as reason: SocketEnd) {
        for seat in seats[member] ?? [] where seat.session.signIn == signIn { seat.session.end(reason) }
    }
}
