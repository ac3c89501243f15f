internal import Runtime

/// The sockets of one loop, by member. Belongs to its loop.
final class Gateway {
    private let loop: EventLoop
    private let directory: SocketDirectory
    private var sessions: [Member.ID: [SocketSession]] = [:]
    private(set) var count = 0

    init(loop: EventLoop, directory: SocketDirectory) {
        self.loop = loop
        self.directory = directory
    }

    func add(_ session: SocketSession, of member: Member.ID) {
        if sessions[member] == nil { directory.add(member, loop: loop.index) }
        sessions[member, default: []].append(session)
        count += 1
    }

    func remove(_ session: SocketSession, of member: Member.ID) {
        guard var rest = sessions[member], let position = rest.firstIndex(where: { $0 === session }) else { return }
        rest.remove(at: position)
        count -= 1
        if rest.isEmpty {
            sessions[member] = nil
            directory.remove(member, loop: loop.index)
        } else {
            sessions[member] = rest
        }
    }

    /// Sends a frame to every socket of a member but the one it came from.
    func send(_ frame: [UInt8], to member: Member.ID, except origin: SocketSession?) {
        guard let sessions = sessions[member] else { return }
        for session in sessions where session !== origin { session.send(frame) }
    }

    /// Closes a member's sockets that were opened under a session which has been revoked.
    func revoke(_ session: SignIn.ID, of member: Member.ID) {
        for socket in sessions[member] ?? [] where socket.signIn == session { socket.end(.revoked) }
    }
}
