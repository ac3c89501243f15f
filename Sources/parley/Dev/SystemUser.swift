import Glibc

/// A user account of this machine.
struct SystemUser: Equatable {
    let user: uid_t
    let group: gid_t

    init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
    }

    /// Whether the account may enter the folder and every one above it, going by their permission bits.
    func canReach(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return (0...parts.count).allSatisfy { depth in
            var status = stat()
            guard stat("/" + parts.prefix(depth).joined(separator: "/"), &status) == 0 else { return false }
            let mine = status.st_uid == user ? S_IXUSR : status.st_gid == group ? S_IXGRP : S_IXOTH
            return status.st_mode & mine != 0
        }
    }
}
