/// One small page, asked for again and again: the floor under every request.
struct PageScenario: Scenario {
    let options: BenchOptions

    let needs = BenchNeeds()

    func run(_ run: BenchRun) async throws -> BenchReport {
        let path = options.path ?? "/health/live"
        let request = Array("GET \(path) HTTP/1.1\r\nHost: \(run.target.authority)\r\n\r\n".utf8)
        let loops = run.loops(for: options.clients)
        let lanes = loops.enumerated().map { index, loop in
            RequestLane(run, clients: options.share(options.clients, of: index, among: loops.count), loop: loop) {
                .init(request: request) { $0.status == 200 ? nil : "answered \($0.status)" }
            }
        }
        let (tally, expense) = try await SteadyLoad(lanes: lanes, options: options).run()
        let load = "GET \(path), \(options.clients) connections"
        return BenchReport(.http, load, unit: "request", tally, kinds: ["answered"], expense)
    }
}
