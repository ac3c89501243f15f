import Crypto
import Glibc

/// Feeds one parser a number of inputs, in this process, and prints one line about it.
struct FuzzRun {
    let parser: String
    let target: any FuzzTarget
    let inputs: Int
    let seed: UInt64
    let corpus: Corpus?

    /// Growth of the process that a parser may cause, in KiB. Source: RELIABILITY F16.
    private static let memoryLimit = 65_536
    /// How long one input may take. Source: RELIABILITY F16.
    private static let timeLimit = Duration.milliseconds(100)

    private struct Tally {
        var accepted = 0
        var slowest = Duration.zero
        var kinds: Set<String> = []
    }

    /// - Returns: whether there was no finding.
    func run() -> Bool {
        var source = InputSource(target, name: parser, seed: seed, corpus: corpus?.load() ?? [])
        var tally = Tally()
        let clock = ContinuousClock()
        let began = clock.now
        var memoryAtStart = 0
        Watch.start(title: "FAILED \(parser), seed \(seed)")
        for number in 0..<inputs {
            let input = source.next()
            do {
                let verdict = try check(input, number, &tally)
                if verdict.isAccepted { tally.accepted += 1 }
                if tally.kinds.count < 10_000, tally.kinds.insert(verdict.kind).inserted {
                    source.keep(input)
                    corpus?.save(input)
                }
                // Tables that are made once, and the pool of inputs, are not the parser's memory.
                if number == 1_000 { memoryAtStart = Self.peakMemory() }
                let growth = Self.peakMemory() - memoryAtStart
                if number > 1_000 { try require(growth <= Self.memoryLimit, "the process grew by \(growth) KiB") }
            } catch {
                tell(input, number, error)
                return false
            }
        }
        let growth = inputs > 1_000 ? Self.peakMemory() - memoryAtStart : 0
        tell(tally, seconds: began.duration(to: clock.now), growth: growth)
        return true
    }

    private func check(_ input: [UInt8], _ number: Int, _ tally: inout Tally) throws -> Verdict {
        let clock = ContinuousClock()
        return try input.withUnsafeBytes { bytes in
            Watch.begin(bytes, number: number)
            let began = clock.now
            let verdict = try target.check(input)
            var elapsed = began.duration(to: clock.now)
            // A machine that does other things as well is slow once, but not three times in a row.
            for _ in 0..<2 where elapsed > Self.timeLimit {
                elapsed = min(elapsed, try clock.measure { _ = try target.check(input) })
            }
            try require(elapsed <= Self.timeLimit, "it takes \(elapsed)")
            tally.slowest = max(tally.slowest, elapsed)
            return verdict
        }
    }

    /// The most memory that the process ever had, in KiB.
    private static func peakMemory() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }

    private func tell(_ tally: Tally, seconds: Duration, growth: Int) {
        func pad(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
        let name = parser + String(repeating: " ", count: max(0, 16 - parser.count))
        let time = pad(seconds.inSeconds(decimals: 1), 6)
        Console.say(
            "ok     \(name)\(pad("\(inputs)", 8)) inputs \(pad("\(tally.accepted)", 8)) accepted "
                + "\(pad("\(inputs - tally.accepted)", 8)) rejected \(time) s, slowest \(tally.slowest.inMilliseconds) ms, "
                + "\(tally.kinds.count) outcomes, +\(growth / 1024) MiB")
    }

    private func tell(_ input: [UInt8], _ number: Int, _ error: any Error) {
        let rule = (error as? Violation)?.rule ?? "\(error)"
        let shrunk = Shrinking.shrink(input) { candidate in
            do {
                _ = try target.check(candidate)
                return false
            } catch {
                return true
            }
        }
        Console.say("FAILED \(parser), seed \(seed), input \(number): \(rule)\n  \(Hex.encode(input))")
        if shrunk.count < input.count {
            Console.say("  shrunk: \(Hex.encode(shrunk))\n  as text: \(String(decoding: shrunk, as: UTF8.self).debugDescription)")
        }
    }
}

extension Duration {
    fileprivate func inSeconds(decimals: Int) -> String {
        let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100)"
    }

    fileprivate var inMilliseconds: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let fraction = "\(microseconds % 1_000 / 10)"
        return "\(microseconds / 1_000)." + (fraction.count == 1 ? "0" : "") + fraction
    }
}
