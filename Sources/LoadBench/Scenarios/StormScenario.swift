/// Everybody connects at once, as after a restart of the server.
struct StormScenario: Scenario {
    let options: BenchOptions

    var needs: BenchNeeds { BenchNeeds(people: options.sockets) }

    func run(_ run: BenchRun) async throws -> BenchReport {
        let crowds = Crowd.crowds(run, people: run.world.people)
        var window = Window(watching: options.groups)
        try await crowds.gather()
        let expense = window.close()
        let tally = await crowds.dismiss()
        let load = "\(options.sockets) people connect, \(options.concurrency) at the same time"
        return BenchReport(.storm, load, unit: "socket", tally, kinds: ["ready"], expense)
    }
}
