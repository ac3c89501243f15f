internal import Observability
internal import Postgres
internal import Runtime

/// Forgets sign-ins that nobody can use any more: their refresh tokens, and once none is left the sign-in and its device; changes that
/// nobody can catch up with any more; and keys of requests that nobody repeats any more.
struct ExpirySweeper: Service {
    let database: Database
    /// How far back a device can catch up.
    let syncWindow: Duration

    /// Between two rounds. Each node makes its own; one sweeps at a time.
    private static let interval = Duration.seconds(60)
    /// The same while there is more than one round takes.
    private static let shortInterval = Duration.seconds(2)
    /// Refresh tokens of one transaction, and as many sign-ins of the host app, tickets for sockets, and idempotency keys.
    private static let slice = 500
    /// Changes of one transaction: they are narrow, and many.
    private static let changes = 5_000
    /// Transactions of one round, so that what piled up does not take the database from everybody else.
    private static let slices = 20

    func run() async throws {
        var lastFailure: PostgresError?
        var pause = Self.interval
        while true {
            // Nodes that were started together do not sweep together.
            try await Task.sleep(for: pause * Double.random(in: 0.5...1.5))
            do {
                pause = try await round()
                lastFailure = nil
            } catch let error as PostgresError {
                pause = Self.interval
                if error != lastFailure {
                    Logger.current.warning(
                        "expired sign-ins could not be deleted", [.code: "\(error.code)", .sqlState: error.sqlState ?? "none"])
                }
                lastFailure = error
            }
        }
    }

    /// Deletes so many slices at most. Answers how long to pause then.
    func round() async throws -> Duration {
        for _ in 0..<Self.slices {
            let count = try await database.onLoop { try await sweep() }
            if count < Self.slice { return try await forgetChanges() }
        }
        return Self.shortInterval
    }

    private func forgetChanges() async throws -> Duration {
        for _ in 0..<Self.slices {
            let count = try await database.onLoop { [self] in
                try await database.execute(DeleteOldChanges(limit: Self.changes, window: syncWindow + Self.windowLeeway))
            }
            if count < Self.changes { return Self.interval }
        }
        return Self.shortInterval
    }

    /// What a device asks for while its token grows too old is still there.
    private static let windowLeeway = Duration.seconds(3600)

    /// Deletes one slice. Answers how many that were of what it deleted the most: refresh tokens, sign-ins of the host app, tickets, or keys.
    func sweep() async throws -> Int {
        try await database.transaction { transaction in
            // With two at it, each would see the other's tokens of a sign-in, and neither would delete it.
            guard try await transaction.one(TrySweepLock()) else { return 0 }
            let tickets = try await transaction.execute(DeleteExpiredTickets(limit: Self.slice))
            let keys = try await transaction.execute(DeleteExpiredKeys(limit: Self.slice))
            let signIns = try await transaction.query(DeleteExpiredTokens(limit: Self.slice))
            var devices = try await transaction.query(DeleteExpiredHostSignIns(limit: Self.slice))
            let count = max(tickets, keys, signIns.count, devices.count)
            guard !signIns.isEmpty || !devices.isEmpty else { return count }
            devices += try await transaction.query(DeleteSignInsWithoutTokens(signIns: Array(Set(signIns))))
            // Locked first and asked afterwards: a sign-in that begins on the device just now is seen then.
            let idle = try await transaction.query(LockDevices(devices: Array(Set(devices))))
            try await transaction.execute(DeleteUnusedDevices(devices: idle))
            return count
        }
    }
}
