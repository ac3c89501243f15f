/// Makes the inputs of one run: what the grammar makes, the same spoiled, two spliced, and one cut off behind every byte.
struct InputSource {
    private let target: any FuzzTarget
    private let mutation: Mutation
    private var random: RandomSource
    /// Inputs to go on from: those that led somewhere new, and some of the recent ones.
    private var pool: [[UInt8]]
    /// An input that is being cut off, and how much of it comes next.
    private var truncated: (input: [UInt8], count: Int)?

    private static let poolLimit = 256
    /// An input longer than this is not cut off behind every byte.
    private static let longestTruncated = 400

    /// - Parameter corpus: inputs of earlier runs.
    init(_ target: any FuzzTarget, name: String, seed: UInt64, corpus: [[UInt8]] = []) {
        self.target = target
        mutation = Mutation(vocabulary: target.vocabulary.map { Array($0.utf8) })
        random = RandomSource(seed: seed, salt: name.utf8)
        pool = corpus.isEmpty ? [target.makeInput(&random)] : corpus
    }

    mutating func next() -> [UInt8] {
        if let (input, count) = truncated {
            truncated = count < input.count ? (input, count + 1) : nil
            return Array(input.prefix(count))
        }
        var input = random.oneIn(4) ? random.pick(pool) : target.makeInput(&random)
        if random.oneIn(16) { keep(input) }
        if random.oneIn(1_000), input.count <= Self.longestTruncated { truncated = (input, 0) }
        if random.oneIn(100) { input = random.bytes(random.size(upTo: 1_024)) }
        if random.oneIn(2) {
            for _ in 0...random.size(upTo: 4) { mutation.apply(to: &input, other: random.pick(pool), &random) }
        }
        return input
    }

    /// Remembers an input, in the place of another once there are many.
    mutating func keep(_ input: [UInt8]) {
        guard input.count <= 16_384 else { return }
        if pool.count < Self.poolLimit { pool.append(input) } else { pool[random.below(pool.count)] = input }
    }
}
